//! Which instructions there are, and functions compiled for each.

use crate::amx;

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
}

/// Compiles a function, whose body is written in plain Rust, once for each level: the compiler makes vectors of it.
macro_rules! for_each_level {
    ($(#[$doc:meta])* $vis:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block) => {
        $(#[$doc])*
        $vis fn $name(level: $crate::level::Level, $($argument: $type),*) $(-> $result)? {
            #[inline(always)]
            fn body($($argument: $type),*) $(-> $result)? $body
            #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")]
            fn wide($($argument: $type),*) $(-> $result)? { body($($argument),*) }
            #[target_feature(enable = "avx2,fma")]
            fn narrow($($argument: $type),*) $(-> $result)? { body($($argument),*) }
            // SAFETY: a level is only made where the processor has its instructions.
            unsafe {
                match level {
                    $crate::level::Level::Amx | $crate::level::Level::Avx512 => wide($($argument),*),
                    $crate::level::Level::Avx2 => narrow($($argument),*),
                }
            }
        }
    };
}
pub(crate) use for_each_level;
