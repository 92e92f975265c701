//! `SignalSet`: a set of signals.

use crate::Signal;
use std::fmt;
use std::ops::BitOr;

/// A set of signals. See [signal(7)].
///
/// ```
/// use libclone3::{Signal, SignalSet};
///
/// const STOPS: SignalSet = SignalSet::empty().with(Signal::TSTP).with(Signal::TTIN);
/// assert!(STOPS.contains(Signal::TSTP));
/// assert_eq!(format!("{STOPS:?}"), "SignalSet{SIGTSTP, SIGTTIN}");
/// let same: SignalSet = [Signal::TTIN, Signal::TSTP].into_iter().collect();
/// assert_eq!(same, STOPS);
/// ```
///
/// [signal(7)]: https://man7.org/linux/man-pages/man7/signal.7.html
#[doc(alias = "sigset_t")]
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct SignalSet(u64);

/// The kernel's form: bit n-1 is signal n.
const fn bit(signal: Signal) -> u64 {
    1 << (signal.as_raw() - 1)
}

impl SignalSet {
    /// The empty set.
    ///
    /// ```
    /// assert!(libclone3::SignalSet::empty().is_empty());
    /// ```
    pub const fn empty() -> SignalSet {
        SignalSet(0)
    }

    /// Every signal, `SIGKILL` and `SIGSTOP` among them.
    ///
    /// ```
    /// # use libclone3::{Signal, SignalSet};
    /// assert!(SignalSet::all().contains(Signal::KILL));
    /// ```
    pub const fn all() -> SignalSet {
        SignalSet(u64::MAX)
    }

    pub(crate) const fn bits(self) -> u64 {
        self.0
    }

    /// The set together with a signal.
    ///
    /// ```
    /// # use libclone3::{Signal, SignalSet};
    /// assert!(SignalSet::empty().with(Signal::HUP).contains(Signal::HUP));
    /// ```
    pub const fn with(self, signal: Signal) -> SignalSet {
        SignalSet(self.0 | bit(signal))
    }

    /// The set without a signal.
    ///
    /// ```
    /// # use libclone3::{Signal, SignalSet};
    /// assert!(!SignalSet::all().without(Signal::HUP).contains(Signal::HUP));
    /// ```
    pub const fn without(self, signal: Signal) -> SignalSet {
        SignalSet(self.0 & !bit(signal))
    }

    /// Whether the signal is in the set.
    ///
    /// ```
    /// # use libclone3::{Signal, SignalSet};
    /// assert!(!SignalSet::empty().contains(Signal::HUP));
    /// ```
    pub const fn contains(&self, signal: Signal) -> bool {
        self.0 & bit(signal) != 0
    }

    /// Whether the set is empty.
    ///
    /// ```
    /// assert!(!libclone3::SignalSet::all().is_empty());
    /// ```
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }
}

impl fmt::Debug for SignalSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignalSet")?;
        let signals = (1..=64).filter_map(Signal::new);
        f.debug_set()
            .entries(signals.filter(|signal| self.contains(*signal)))
            .finish()
    }
}

impl From<Signal> for SignalSet {
    fn from(signal: Signal) -> SignalSet {
        SignalSet::empty().with(signal)
    }
}

impl FromIterator<Signal> for SignalSet {
    fn from_iter<I: IntoIterator<Item = Signal>>(signals: I) -> SignalSet {
        signals
            .into_iter()
            .fold(SignalSet::empty(), SignalSet::with)
    }
}

impl Extend<Signal> for SignalSet {
    fn extend<I: IntoIterator<Item = Signal>>(&mut self, signals: I) {
        *self = *self | signals.into_iter().collect();
    }
}

impl BitOr for SignalSet {
    type Output = SignalSet;

    fn bitor(self, other: SignalSet) -> SignalSet {
        SignalSet(self.0 | other.0)
    }
}
