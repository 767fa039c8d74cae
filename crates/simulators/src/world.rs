//! What all parts of the simulator share.

use crate::clock::Clock;
use crate::faults::Faults;
use crate::keys::SimulatorKeys;
use crate::oidc::Issuer;
use crate::sms::Operator;
use crate::ukey_software::UkeySoftware;
use crate::wechat_login::Official;
use crate::wechat_pay::gateway::Gateway;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// The simulated world behind one port.
pub struct World {
    pub clock: Clock,
    pub faults: Mutex<Faults>,
    pub gateway: Gateway,
    pub operator: Operator,
    pub official: Official,
    pub issuer: Issuer,
    /// The software of a UKey, where one is plugged in, and the hosts whose pages it answers.
    pub ukey: Option<UkeySoftware>,
    pub page_hosts: Vec<String>,
    /// `http://127.0.0.1:port`.
    pub base_url: String,
    /// Multiplies the gateway's waits between repetitions: 1.0 is real time.
    pub time_scale: f64,
    /// Turns true when the simulator stops.
    pub stopped: watch::Receiver<bool>,
}

impl World {
    pub fn now_ms(&self) -> i64 {
        (self.clock)()
    }

    pub fn faults(&self) -> Faults {
        locked(&self.faults).clone()
    }

    /// Sleeps `ms` of real time; false when the simulator stops meanwhile.
    pub async fn sleep_ms(&self, ms: u64) -> bool {
        let mut stopped = self.stopped.clone();
        tokio::select! {
            () = tokio::time::sleep(std::time::Duration::from_millis(ms)) => true,
            _ = stopped.wait_for(|stopped| *stopped) => false,
        }
    }
}

/// Bounds of what is kept in memory.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    pub orders_max: usize,
    pub history_max: usize,
}

/// What the parts are built from.
pub struct Seed<'a> {
    pub keys: &'a SimulatorKeys,
    pub bounds: Bounds,
}

/// Locks; what a panicking test left behind is still good enough for a simulator.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
