//! What there is for x86-64.

mod amx;
mod avx2;
mod avx512;

use crate::product::{Grouping, Tile};
use amx::Tiles;

/// The widest instructions that this processor has, of those that there is code for. Whoever makes one answers for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// AVX-512 and AMX, whose products are of whole tiles: Intel since Sapphire Rapids, on Linux.
    Amx,
    /// AVX-512 with VNNI's products of bytes: Intel since Ice Lake, AMD since Zen 4.
    Avx512,
    /// AVX2 and FMA: Intel since Haswell, AMD since Zen.
    Avx2,
}

impl Level {
    /// What a processor must have.
    pub const LEAST: &str = "AVX2 and FMA";

    /// All that this processor has.
    #[cfg(test)]
    pub fn all() -> Vec<Self> {
        let widest = Self::of_this_processor();
        [Self::Amx, Self::Avx512, Self::Avx2].into_iter().skip_while(|&level| Some(level) != widest).collect()
    }

    /// None where there is none: ONNX Runtime has to do it.
    pub fn of_this_processor() -> Option<Self> {
        let has_avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        let has_avx512 = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vnni");
        match (has_avx2, has_avx512) {
            (true, true) => Some(if amx::allow() { Self::Amx } else { Self::Avx512 }),
            (true, false) => Some(Self::Avx2),
            _ => None,
        }
    }

    /// What a thread must hold while it multiplies, and have but one of.
    pub fn tiles(self) -> Option<Tiles> {
        // SAFETY: a level is only made where the processor has its instructions.
        (self == Self::Amx).then(|| unsafe { Tiles::configure() })
    }

    pub fn grouping(self) -> Grouping {
        match self {
            Self::Amx => Grouping { unit: amx::SIDE, most: 2 },
            Self::Avx512 => Grouping { unit: 1, most: avx512::MOST_ROWS },
            Self::Avx2 => Grouping { unit: 1, most: avx2::MOST_ROWS },
        }
    }

    /// A tile of [`Self::grouping`]'s rows.
    ///
    /// # Safety
    /// The thread has its [`Self::tiles`].
    pub unsafe fn multiply(self, tile: Tile, out: &mut [f32], width: usize) {
        // SAFETY: a level is only made where the processor has its instructions; the caller's word.
        unsafe {
            match self {
                Self::Amx => amx::tile(tile, out, width),
                Self::Avx512 => avx512::tile(tile, out, width),
                Self::Avx2 => avx2::tile(tile, out, width),
            }
        }
    }
}

/// Calls a function that is compiled for a level, with the level's lanes: see `for_each_level`.
macro_rules! call_at_level {
    ($level:ident, $function:ident($($argument:ident: $type:ty),*) $(-> $result:ty)?) => {{
        #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")]
        fn wide($($argument: $type),*) $(-> $result)? {
            $function::<std::arch::x86_64::__m512>($($argument),*)
        }
        #[target_feature(enable = "avx2,fma")]
        fn narrow($($argument: $type),*) $(-> $result)? {
            $function::<[std::arch::x86_64::__m256; 2]>($($argument),*)
        }
        // SAFETY: a level is only made where the processor has its instructions.
        unsafe {
            match $level {
                $crate::level::Level::Amx | $crate::level::Level::Avx512 => wide($($argument),*),
                $crate::level::Level::Avx2 => narrow($($argument),*),
            }
        }
    }};
}
pub(crate) use call_at_level;
