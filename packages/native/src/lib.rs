//! Runs turnwise's fused int8 graph on the processors that it is written for, and gives it to Node.

mod amx;
mod attention;
mod cache;
mod decoder;
mod level;
mod node;
mod onnx;
mod product;
mod rows;
mod run;
mod table;
mod team;
