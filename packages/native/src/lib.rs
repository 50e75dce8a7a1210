//! Runs turnwise's fused int8 graph on the processors that it is written for, and gives it to Node.

#[cfg(target_arch = "aarch64")]
mod arm;
mod attention;
mod cache;
mod decoder;
mod files;
mod lanes;
mod level;
mod model;
#[cfg(not(test))] // Where it stands in no Node, none of it is used.
mod node;
mod onnx;
mod product;
mod rows;
mod run;
mod table;
mod team;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86;
