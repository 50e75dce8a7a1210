//! Keys and values of tokens that were run, in pages of sixteen that conversations share.
//!
//! After vLLM's paged attention (https://arxiv.org/abs/2309.06180): a state is a list of pages, states with the same
//! beginning hold the same pages, and a page is copied only to go on inside it.

use std::cell::UnsafeCell;
use std::sync::Arc;

/// The size of a head: what the kernels are written for.
pub const HEAD: usize = 64;
/// Tokens of a page: a register of floats.
pub const PAGE: usize = 16;

/// What one head of one layer has in a page.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Part {
    /// `[HEAD][PAGE]`: sixteen tokens' numbers side by side, so that their scores are worked out together.
    pub keys: [[f32; PAGE]; HEAD],
    /// `[PAGE][HEAD]`
    pub values: [[f32; HEAD]; PAGE],
}

impl Part {
    const EMPTY: Self = Self { keys: [[0.0; PAGE]; HEAD], values: [[0.0; HEAD]; PAGE] };
}

/// Keys and values of up to [`PAGE`] tokens in all layers. Written by the run that made it, and never again.
pub struct Page(Box<[UnsafeCell<Part>]>);

// SAFETY: during the run that writes a page, each place of a part is written by one thread, and read in a later phase.
unsafe impl Sync for Page {}

impl Page {
    /// An empty page for `parts` heads, those of all layers.
    pub fn new(parts: usize) -> Self {
        Self((0..parts).map(|_| UnsafeCell::new(Part::EMPTY)).collect())
    }

    /// # Safety
    /// No thread may write the page meanwhile.
    unsafe fn copy(&self) -> Self {
        // SAFETY: the caller's word.
        Self(self.0.iter().map(|part| UnsafeCell::new(unsafe { *part.get() })).collect())
    }

    /// # Safety
    /// No thread may write the part as long as it is borrowed.
    pub unsafe fn part(&self, part: usize) -> &Part {
        // SAFETY: the caller's word.
        unsafe { &*self.0[part].get() }
    }

    /// To write to. Different threads may write different places of a part at the same time.
    pub fn part_ptr(&self, part: usize) -> *mut Part {
        self.0[part].get()
    }

    fn size_bytes(&self) -> usize {
        size_of_val(&*self.0)
    }
}

/// The keys and values of a run of tokens.
#[derive(Clone, Default)]
pub struct State {
    pages: Vec<Arc<Page>>,
    tokens: usize,
}

impl State {
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// The memory of its pages, also of those that others hold too.
    pub fn size_bytes(&self) -> usize {
        self.pages.iter().map(|page| page.size_bytes()).sum()
    }

    /// Its first tokens, of which it must have as many.
    pub fn first(&self, tokens: usize) -> Self {
        let pages = self.pages[..tokens.div_ceil(PAGE)].to_vec();
        Self { pages, tokens }
    }

    /// Itself with room for more tokens, which the caller writes. Its own pages are shared but for the one gone on in.
    pub fn grown(mut self, more: usize, parts: usize) -> Self {
        if !self.tokens.is_multiple_of(PAGE) && more > 0 {
            let last = self.pages.last_mut().expect("tokens have pages");
            // SAFETY: a state that can be gone on in is of a run that is over, and only that run has written its pages.
            *last = Arc::new(unsafe { last.copy() });
        }
        self.tokens += more;
        let missing = self.tokens.div_ceil(PAGE) - self.pages.len();
        self.pages.extend((0..missing).map(|_| Arc::new(Page::new(parts))));
        self
    }

    pub fn pages(&self) -> &[Arc<Page>] {
        &self.pages
    }
}
