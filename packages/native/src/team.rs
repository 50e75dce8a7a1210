//! Threads that share the work of one run.
//!
//! A run is a program of phases; each phase is so many pieces, which the threads take one by one. No piece belongs to a
//! thread: one that the system has put to sleep delays nobody, the others do its share. Threads wait awake within a run,
//! where the next phase is microseconds away, and asleep between runs.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// How often a waiting thread looks before it lets another run.
const LOOKS: usize = 4000;

/// How far a phase is, alone in its cache line.
#[derive(Default)]
#[repr(align(64))]
struct Progress {
    taken: AtomicUsize,
    done: AtomicUsize,
}

/// A member of the team in a run.
pub struct Worker<'run> {
    phases: &'run [Progress],
    phase: Cell<usize>,
}

impl Worker<'_> {
    /// Does some of the pieces `0..pieces`, and returns when all are done, whoever did them. Every member must call it
    /// with the same number in the same order.
    pub fn phase(&self, pieces: usize, mut work: impl FnMut(usize)) {
        let Progress { taken, done } = &self.phases[self.phase.get()];
        self.phase.set(self.phase.get() + 1);
        let mut own = 0;
        loop {
            let piece = taken.fetch_add(1, Ordering::Relaxed);
            if piece >= pieces {
                break;
            }
            work(piece);
            own += 1;
        }
        if own > 0 {
            done.fetch_add(own, Ordering::Release);
        }
        let mut looks = 0;
        while done.load(Ordering::Acquire) < pieces {
            looks += 1;
            if looks < LOOKS {
                std::hint::spin_loop();
            } else {
                thread::yield_now();
            }
        }
    }
}

/// What every member runs. The lifetime is that of the call of [`Team::run`], which outlives all uses.
#[derive(Clone, Copy)]
struct Program(*const (dyn Fn(&Worker) + Sync));

// SAFETY: the function is Sync, and `Team::run` does not return while a member runs it.
unsafe impl Send for Program {}

#[derive(Default)]
struct Desk {
    /// What is run now.
    program: Option<Program>,
    /// How many runs there have been, so that nobody joins one twice.
    runs: u64,
    /// Members in the program.
    busy: usize,
    closed: bool,
}

struct Shared {
    phases: Vec<Progress>,
    desk: Mutex<Desk>,
    called: Condvar,
    left: Condvar,
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn member(&self) -> Worker<'_> {
        Worker { phases: &self.phases, phase: Cell::new(0) }
    }

    /// Waits for runs and joins them.
    fn serve(&self) {
        let mut joined = 0;
        loop {
            let mut desk = self.desk();
            while !desk.closed && (desk.program.is_none() || desk.runs == joined) {
                desk = self.called.wait(desk).unwrap_or_else(PoisonError::into_inner);
            }
            let Some(program) = desk.program.filter(|_| !desk.closed) else { return };
            joined = desk.runs;
            desk.busy += 1;
            drop(desk);
            // SAFETY: see Program.
            unsafe { (*program.0)(&self.member()) };
            self.desk().busy -= 1;
            self.left.notify_one();
        }
    }
}

/// The calling thread and its helpers.
pub struct Team {
    shared: Arc<Shared>,
    helpers: Vec<JoinHandle<()>>,
}

impl Team {
    /// Starts `threads - 1` helpers, for programs of up to `phases` phases.
    pub fn new(threads: usize, phases: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            phases: (0..phases).map(|_| Progress::default()).collect(),
            desk: Mutex::default(),
            called: Condvar::new(),
            left: Condvar::new(),
        });
        let mut team = Self { shared, helpers: Vec::new() };
        for _ in 1..threads {
            let shared = Arc::clone(&team.shared);
            let helper = thread::Builder::new().name("turnwise".into());
            team.helpers.push(helper.spawn(move || shared.serve())?);
        }
        Ok(team)
    }

    /// Runs a program in this thread, with the help of the others. It must not panic.
    pub fn run(&mut self, program: &(dyn Fn(&Worker) + Sync)) {
        for Progress { taken, done } in &self.shared.phases {
            taken.store(0, Ordering::Relaxed);
            done.store(0, Ordering::Relaxed);
        }
        // SAFETY: only the lifetime is changed, see Program.
        let program_for_all =
            Program(unsafe { std::mem::transmute::<*const (dyn Fn(&Worker) + Sync + '_), _>(program) });
        if !self.helpers.is_empty() {
            let mut desk = self.shared.desk();
            desk.program = Some(program_for_all);
            desk.runs += 1;
            drop(desk);
            self.shared.called.notify_all();
        }
        program(&self.shared.member());
        let mut desk = self.shared.desk();
        desk.program = None;
        while desk.busy > 0 {
            desk = self.shared.left.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.shared.desk().closed = true;
        self.shared.called.notify_all();
        for helper in self.helpers.drain(..) {
            let _ = helper.join();
        }
    }
}
