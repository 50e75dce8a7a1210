//! Threads that share the work of one run.
//!
//! A run is a program of phases; each phase is so many pieces, which the threads take one by one. No piece belongs to a
//! thread: one that the system has put to sleep delays nobody, the others do its share. Threads wait awake within a run,
//! where the next phase is microseconds away, and asleep between runs.
//!
//! A program that panics in one thread ends in all of them, and [`Team::run`] panics: what it wrote is lost, the team is
//! as good as before. (To abort instead would end all conversations of a server for the fault of one.)

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
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
    failed: &'run AtomicBool,
}

/// What a thread panics with because another one did.
struct Failed;

impl Worker<'_> {
    /// Does some of the pieces `0..pieces`, and returns when all are done, whoever did them. Every member must call it
    /// with the same number in the same order. Panics if another does.
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
            if self.failed.load(Ordering::Relaxed) {
                resume_unwind(Box::new(Failed));
            }
            looks += 1;
            if looks < LOOKS {
                std::hint::spin_loop();
            } else {
                thread::yield_now();
            }
        }
    }
}

/// What every member runs. Its true lifetime is that of the call of [`Team::run`].
#[derive(Clone, Copy)]
struct Program(&'static (dyn Fn(&Worker) + Sync));

impl Program {
    /// # Safety
    /// It must not be used when the program is no more.
    unsafe fn new<'run>(program: &'run (dyn Fn(&Worker) + Sync + 'run)) -> Self {
        type Borrowed<'run> = &'run (dyn Fn(&Worker) + Sync + 'run);
        // SAFETY: only the lifetime is changed; the caller's word.
        Self(unsafe { std::mem::transmute::<Borrowed<'run>, Borrowed<'static>>(program) })
    }
}

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
    failed: AtomicBool,
    desk: Mutex<Desk>,
    called: Condvar,
    left: Condvar,
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A member's share of a program. No panic leaves it: nobody would wait for the others.
    fn join(&self, program: &(dyn Fn(&Worker) + Sync)) -> Result<(), Box<dyn Any + Send>> {
        let worker = Worker { phases: &self.phases, phase: Cell::new(0), failed: &self.failed };
        let result = catch_unwind(AssertUnwindSafe(|| program(&worker)));
        if result.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
        result
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
            let _ = self.join(program.0); // The caller sees that it has failed.
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
            failed: AtomicBool::new(false),
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

    /// Runs a program in this thread, with the help of the others: those that are late come when it may be over, and
    /// find nothing left to do. Panics if the program does in any of them.
    pub fn run(&mut self, program: &(dyn Fn(&Worker) + Sync)) {
        let shared = &*self.shared;
        // No helper is in a program now: the desk says so to those that come.
        for Progress { taken, done } in &shared.phases {
            taken.store(0, Ordering::Relaxed);
            done.store(0, Ordering::Relaxed);
        }
        shared.failed.store(false, Ordering::Relaxed);
        if !self.helpers.is_empty() {
            let mut desk = shared.desk();
            // SAFETY: it is taken off the desk below, whatever happens, and whoever has taken it is waited for.
            desk.program = Some(unsafe { Program::new(program) });
            desk.runs += 1;
            drop(desk);
            shared.called.notify_all();
        }
        let result = shared.join(program);
        let mut desk = shared.desk();
        desk.program = None;
        while desk.busy > 0 {
            desk = shared.left.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
        drop(desk);
        if let Err(panic) = result {
            resume_unwind(panic);
        }
        assert!(!shared.failed.load(Ordering::Relaxed), "a helper has failed");
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
