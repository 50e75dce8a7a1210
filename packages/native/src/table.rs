//! Tables of numbers that the threads of a run fill together.

use std::cell::UnsafeCell;
use std::marker::PhantomData;

/// A cache line of cells: tiles and registers are read fastest from whole ones.
#[repr(C, align(64))]
struct Line([u8; 64]);

/// Rows of equal width, of numbers.
pub struct Table<T> {
    lines: Box<[UnsafeCell<Line>]>,
    width: usize,
    cells: usize,
    of: PhantomData<T>,
}

// SAFETY: see the methods: no cell is written while another thread uses it.
unsafe impl<T: Send> Sync for Table<T> {}

/// What may stand in a table: all its bits may be 0.
pub trait Number: Copy {}
impl Number for f32 {}
impl Number for u8 {}

impl<T: Number> Table<T> {
    /// All 0.
    pub fn new(rows: usize, width: usize) -> Self {
        let cells = rows * width;
        let lines = (cells * size_of::<T>()).div_ceil(64);
        Self { lines: (0..lines).map(|_| UnsafeCell::new(Line([0; 64]))).collect(), width, cells, of: PhantomData }
    }

    fn cells(&self, start: usize, count: usize) -> *mut [T] {
        assert!(start + count <= self.cells);
        let first = UnsafeCell::raw_get(self.lines.as_ptr()).cast::<T>();
        // SAFETY: the assertion.
        std::ptr::slice_from_raw_parts_mut(unsafe { first.add(start) }, count)
    }

    /// The first rows, one after the other.
    ///
    /// # Safety
    /// No thread may write them meanwhile.
    pub unsafe fn first(&self, rows: usize) -> &[T] {
        unsafe { &*self.cells(0, rows * self.width) }
    }

    /// # Safety
    /// No thread may write the row meanwhile.
    pub unsafe fn row(&self, row: usize) -> &[T] {
        unsafe { &*self.cells(row * self.width, self.width) }
    }

    /// Part of a row.
    ///
    /// # Safety
    /// No other thread may use these cells meanwhile.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn cells_mut(&self, row: usize, start: usize, count: usize) -> &mut [T] {
        unsafe { &mut *self.cells(row * self.width + start, count) }
    }

    /// # Safety
    /// No other thread may use the row meanwhile.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn row_mut(&self, row: usize) -> &mut [T] {
        unsafe { self.cells_mut(row, 0, self.width) }
    }
}
