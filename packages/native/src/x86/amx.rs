//! Products of tiles of bytes, by Intel's AMX.
//!
//! Instructions: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, TDPBUSD. As the compiler has no
//! stable words for them, they are written out. As it has no tiles either, it leaves what is in them alone from one
//! assembly block to the next, and so does the system.

use std::arch::asm;
use std::arch::x86_64::{__cpuid_count, _MM_HINT_T0, _mm_prefetch, _xgetbv};
use std::marker::PhantomData;

use crate::product::{BLOCK, ROWS_OF_TILE, Tile};

/// Rows of a tile, and columns of a tile of sums.
pub const SIDE: usize = ROWS_OF_TILE;
/// Bytes of a tile's row: the inputs that one instruction multiplies.
const WIDTH: usize = 64;

/// Bits of CPUID's leaf 7: EDX.
const AMX_TILE: u32 = 1 << 24;
const AMX_INT8: u32 = 1 << 25;
/// The system's share: it saves the tiles' configuration and data.
const SAVED_TILES: u64 = 3 << 17;

/// Asks the system for the tiles, which it gives to a process on request; whether they can be used.
pub fn allow() -> bool {
    let features = __cpuid_count(7, 0).edx;
    if features & AMX_TILE == 0 || features & AMX_INT8 == 0 || !is_x86_feature_detected!("xsave") {
        return false;
    }
    // SAFETY: there is XSAVE.
    let saved = unsafe { xcr0() };
    saved & SAVED_TILES == SAVED_TILES && request()
}

#[target_feature(enable = "xsave")]
fn xcr0() -> u64 {
    // SAFETY: register 0 exists wherever XSAVE is.
    unsafe { _xgetbv(0) }
}

/// https://docs.kernel.org/arch/x86/xstate.html
#[cfg(target_os = "linux")]
fn request() -> bool {
    const ARCH_REQ_XCOMP_PERM: libc::c_int = 0x1023;
    const XFEATURE_XTILEDATA: libc::c_ulong = 18;
    // SAFETY: the call changes nothing but what this process may do.
    unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0 }
}

#[cfg(not(target_os = "linux"))]
fn request() -> bool {
    false
}

/// What LDTILECFG reads: all eight tiles are full ones.
#[repr(C, align(64))]
struct Configuration {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

/// A thread's tiles, as long as this lives, in that thread.
pub struct Tiles(PhantomData<*const ()>);

impl Tiles {
    /// The thread must have no other.
    ///
    /// # Safety
    /// [`allow`] has said yes.
    pub unsafe fn configure() -> Self {
        let mut configuration =
            Configuration { palette: 1, start_row: 0, reserved: [0; 14], row_bytes: [0; 16], rows: [0; 16] };
        configuration.row_bytes[..8].fill(WIDTH as u16);
        configuration.rows[..8].fill(SIDE as u8);
        // SAFETY: the caller's word; it reads the 64 bytes of the configuration.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &configuration, options(nostack, readonly)) };
        Self(PhantomData)
    }
}

impl Drop for Tiles {
    fn drop(&mut self) {
        // SAFETY: tiles were configured.
        unsafe { asm!("tilerelease", options(nostack, nomem)) };
    }
}

/// Up to 2 * SIDE rows.
///
/// # Safety
/// The thread has its [`Tiles`].
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
pub unsafe fn tile(tile: Tile, out: &mut [f32], width: usize) {
    let (rows, inputs) = (tile.factors.len(), tile.inputs());
    let tiles = rows.div_ceil(SIDE);
    assert!(tiles <= 2 && tile.bytes.len() == tiles * SIDE * inputs && inputs.is_multiple_of(WIDTH));
    assert!(out.len() >= (rows - 1) * width + BLOCK);
    let mut sums = [Sums([[[0; SIDE]; SIDE]; 2]); 2];
    // SAFETY: the assertions above, and the caller's word.
    unsafe { multiply(tile.bytes.as_ptr(), inputs, tile.weights.as_ptr(), &mut sums[..tiles]) };
    for (row, &factor) in tile.factors.iter().enumerate() {
        for half in 0..2 {
            let sums = &sums[row / SIDE].0[half][row % SIDE];
            let out: &mut [f32; SIDE] = out[row * width + half * SIDE..].first_chunk_mut().expect("asserted");
            for column in 0..SIDE {
                let place = half * SIDE + column;
                out[column] = (sums[column] - tile.excess[place]) as f32 * (tile.scales[place] * factor);
            }
        }
    }
}

/// Sums of 2 * SIDE columns for SIDE rows: the left half, and the right.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Sums([[[i32; SIDE]; SIDE]; 2]);

/// `sums[half][row][column] = rows · weights` for SIDE rows, or 2 * SIDE if there is a second tile of sums.
///
/// # Safety
/// The thread has its [`Tiles`]. There is one tile of sums, or two. `rows` are `[SIDE or 2 * SIDE][inputs]`, `weights`
/// `[inputs / 4][2 * SIDE][4]`, and `inputs` is a multiple of WIDTH.
unsafe fn multiply(rows: *const u8, inputs: usize, weights: *const i8, sums: &mut [Sums]) {
    /// From one row of weights, which stands for four inputs, to the next.
    const STRIDE: usize = 2 * SIDE * 4;
    /// How many bytes before their use weights are fetched. It may be beyond the arena: a fetch that fails is none.
    const AHEAD: usize = 4 * SIDE * STRIDE;
    // SAFETY: the caller's word: a step reads WIDTH bytes of each of the rows, and SIDE rows of weights.
    unsafe {
        asm!("tilezero tmm0", "tilezero tmm1", "tilezero tmm2", "tilezero tmm3", options(nostack, nomem));
        let second = rows.add(SIDE * inputs);
        for step in 0..inputs / WIDTH {
            let weights = weights.add(step * SIDE * STRIDE);
            for line in (0..SIDE * STRIDE).step_by(64) {
                _mm_prefetch::<_MM_HINT_T0>(weights.wrapping_add(AHEAD + line));
            }
            asm!(
                "tileloadd tmm6, [{weights} + {stride}]",
                "tileloadd tmm7, [{weights} + {stride} + 64]",
                "tileloadd tmm4, [{rows} + {inputs}]",
                "tdpbusd tmm0, tmm4, tmm6",
                "tdpbusd tmm1, tmm4, tmm7",
                weights = in(reg) weights,
                stride = in(reg) STRIDE,
                rows = in(reg) rows.add(step * WIDTH),
                inputs = in(reg) inputs,
                options(nostack, readonly)
            );
            if sums.len() > 1 {
                asm!(
                    "tileloadd tmm5, [{rows} + {inputs}]",
                    "tdpbusd tmm2, tmm5, tmm6",
                    "tdpbusd tmm3, tmm5, tmm7",
                    rows = in(reg) second.add(step * WIDTH),
                    inputs = in(reg) inputs,
                    options(nostack, readonly)
                );
            }
        }
        let place = sums.as_mut_ptr().cast::<u8>();
        asm!(
            "tilestored [{place} + {stride}], tmm0",
            "tilestored [{place} + {stride} + 1024], tmm1",
            place = in(reg) place,
            stride = in(reg) WIDTH,
            options(nostack)
        );
        if sums.len() > 1 {
            asm!(
                "tilestored [{place} + {stride} + 2048], tmm2",
                "tilestored [{place} + {stride} + 3072], tmm3",
                place = in(reg) place,
                stride = in(reg) WIDTH,
                options(nostack)
            );
        }
    }
}
