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
unsafe impl<T: Number> Sync for Table<T> {}

/// What may stand in a table.
///
/// # Safety
/// Any bits are one, 0 among them, and 64 bytes hold a whole number of them.
pub unsafe trait Number: Copy + Send {}
// SAFETY: it is so.
unsafe impl Number for f32 {}
// SAFETY: as above.
unsafe impl Number for u8 {}

impl<T: Number> Table<T> {
    /// All 0.
    pub fn new(rows: usize, width: usize) -> Self {
        let cells = rows * width;
        let lines = (cells * size_of::<T>()).div_ceil(64);
        Self { lines: (0..lines).map(|_| UnsafeCell::new(Line([0; 64]))).collect(), width, cells, of: PhantomData }
    }

    fn cells(&self, start: usize, count: usize) -> *mut [T] {
        assert!(start <= self.cells && count <= self.cells - start);
        let first = UnsafeCell::raw_get(self.lines.as_ptr()).cast::<T>();
        // SAFETY: the assertion; the lines are aligned for all numbers.
        std::ptr::slice_from_raw_parts_mut(unsafe { first.add(start) }, count)
    }

    /// The first rows, one after the other.
    ///
    /// # Safety
    /// No thread may write them meanwhile.
    pub unsafe fn first(&self, rows: usize) -> &[T] {
        // SAFETY: the caller's word.
        unsafe { &*self.cells(0, rows * self.width) }
    }

    /// # Safety
    /// No thread may write the row meanwhile.
    pub unsafe fn row(&self, row: usize) -> &[T] {
        // SAFETY: the caller's word.
        unsafe { &*self.cells(row * self.width, self.width) }
    }

    /// Part of a row.
    ///
    /// # Safety
    /// No other thread may use these cells meanwhile.
    #[expect(clippy::mut_from_ref)]
    pub unsafe fn cells_mut(&self, row: usize, start: usize, count: usize) -> &mut [T] {
        // SAFETY: the caller's word.
        unsafe { &mut *self.cells(row * self.width + start, count) }
    }

    /// # Safety
    /// No other thread may use the row meanwhile.
    #[expect(clippy::mut_from_ref)]
    pub unsafe fn row_mut(&self, row: usize) -> &mut [T] {
        // SAFETY: the caller's word.
        unsafe { self.cells_mut(row, 0, self.width) }
    }
}
