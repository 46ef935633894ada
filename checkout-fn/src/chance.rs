//! Chance: whatever in this crate nobody shall foresee comes from here. The operating system gives it, but in a simulation, where it
//! follows from a seed, so that a history can be lived again.

#[cfg(feature = "simulation")]
pub(crate) use seeded::{next, seed};

/// Random bytes.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[cfg(feature = "simulation")]
    if seeded::fill(&mut bytes) {
        return bytes;
    }
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A name that nothing else has: a random UUID.
pub(crate) fn name() -> uuid::Uuid {
    uuid::Builder::from_random_bytes(bytes()).into_uuid()
}

/// Chance that follows from a seed, on the thread that has sown it.
#[cfg(feature = "simulation")]
mod seeded {
    use std::cell::Cell;

    thread_local! {
        static STATE: Cell<Option<u64>> = const { Cell::new(None) };
    }

    /// From now on this thread's chance follows from a seed; from the operating system again after `None`.
    pub(crate) fn seed(seed: Option<u64>) {
        STATE.set(seed);
    }

    /// The next number and the next state (`SplitMix64`).
    pub(crate) fn next(state: u64) -> (u64, u64) {
        let state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31), state)
    }

    /// Whether there was a seed to fill the bytes from.
    pub(super) fn fill(bytes: &mut [u8]) -> bool {
        let Some(mut state) = STATE.get() else { return false };
        for part in bytes.chunks_mut(8) {
            let (number, following) = next(state);
            state = following;
            part.copy_from_slice(&number.to_le_bytes()[..part.len()]);
        }
        STATE.set(Some(state));
        true
    }
}
