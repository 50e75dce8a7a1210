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
const PART: usize = 2 * HEAD * PAGE;

/// Keys and values of up to [`PAGE`] tokens in all layers. Written by the run that made it, and never again.
pub struct Page(Box<[UnsafeCell<f32>]>);

// SAFETY: during the run that writes it, each part is written by one thread, in another phase than it is read in.
unsafe impl Sync for Page {}
unsafe impl Send for Page {}

/// What one head of one layer has in a page.
#[repr(C)]
pub struct Part {
    /// `[HEAD][PAGE]`: sixteen tokens' numbers side by side, so that their scores are worked out together.
    pub keys: [[f32; PAGE]; HEAD],
    /// `[PAGE][HEAD]`
    pub values: [[f32; HEAD]; PAGE],
}

impl Page {
    /// An empty page for `parts` heads, those of all layers.
    pub fn new(parts: usize) -> Self {
        let floats = vec![0f32; parts * PART].into_boxed_slice();
        // SAFETY: an UnsafeCell lies in memory as what it holds.
        Self(unsafe { Box::from_raw(Box::into_raw(floats) as *mut [UnsafeCell<f32>]) })
    }

    fn copy(&self) -> Self {
        let copy = Self::new(self.0.len() / PART);
        // SAFETY: a finished page is only read, and nobody else has the copy yet.
        unsafe { std::ptr::copy_nonoverlapping(self.0.as_ptr(), copy.0.as_ptr().cast_mut(), self.0.len()) };
        copy
    }

    /// # Safety
    /// No thread may write the part meanwhile.
    pub unsafe fn part(&self, part: usize) -> &Part {
        let cells = &self.0[part * PART..][..PART];
        unsafe { &*cells.as_ptr().cast() }
    }

    /// To write to. Different threads may write different places of a part at the same time.
    pub fn part_ptr(&self, part: usize) -> *mut Part {
        let cells = &self.0[part * PART..][..PART];
        UnsafeCell::raw_get(cells.as_ptr()).cast()
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

    /// Its first tokens.
    pub fn first(&self, tokens: usize) -> Self {
        let pages = self.pages[..tokens.div_ceil(PAGE)].to_vec();
        Self { pages, tokens }
    }

    /// Itself with room for more tokens, which the caller writes. Its own pages are shared but for the one gone on in.
    pub fn grown(mut self, more: usize, parts: usize) -> Self {
        if self.tokens % PAGE > 0 && more > 0 {
            let last = self.pages.last_mut().expect("tokens have pages");
            *last = Arc::new(last.copy());
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
