//! Which instructions there are, and functions compiled for each.

#[cfg(target_arch = "aarch64")]
pub use crate::arm::Level;
#[cfg(target_arch = "aarch64")]
pub(crate) use crate::arm::call_at_level;
#[cfg(target_arch = "x86_64")]
pub use crate::x86::Level;
#[cfg(target_arch = "x86_64")]
pub(crate) use crate::x86::call_at_level;

/// Compiles a function, whose body is written in plain Rust, once for each level: the compiler makes vectors of it. Where
/// it would not, the body uses `L`, the level's [`crate::lanes::Lanes`].
macro_rules! for_each_level {
    ($(#[$doc:meta])* $vis:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block) => {
        $(#[$doc])*
        $vis fn $name(level: $crate::level::Level, $($argument: $type),*) $(-> $result)? {
            #[inline(always)]
            fn body<L: $crate::lanes::Lanes>($($argument: $type),*) $(-> $result)? $body
            $crate::level::call_at_level!(level, body($($argument: $type),*) $(-> $result)?)
        }
    };
}
pub(crate) use for_each_level;
