//! The steps of the story: each held is noted with the time it took, the first that does not hold ends the story.

use anyhow::Context;
use serde::Serialize;
use std::future::Future;
use std::time::Instant;

/// A step that held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    pub name: &'static str,
    /// Wall time in milliseconds.
    pub ms: u64,
}

/// What has been walked so far.
#[derive(Default)]
pub struct Steps {
    pub held: Vec<Step>,
    tell: Option<fn(&Step)>,
}

/// Names the step that did not hold.
#[derive(Debug)]
pub struct BrokeOff(pub &'static str);

impl std::fmt::Display for BrokeOff {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.0)
    }
}

impl std::error::Error for BrokeOff {}

impl Steps {
    /// `tell` hears of each step that held.
    pub fn told(tell: fn(&Step)) -> Self {
        Self { held: Vec::new(), tell: Some(tell) }
    }

    /// Walks a step.
    ///
    /// # Errors
    /// [`BrokeOff`] with what was wrong.
    pub async fn hold<T>(
        &mut self,
        name: &'static str,
        step: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        let started = Instant::now();
        let value = step.await.context(BrokeOff(name))?;
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let step = Step { name, ms };
        if let Some(tell) = self.tell {
            tell(&step);
        }
        self.held.push(step);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_step_that_fails_is_named_and_not_held() {
        let mut steps = Steps::default();
        steps.hold("first", async { Ok(()) }).await.unwrap();
        let failed = steps.hold("second", async { anyhow::bail!("no") as anyhow::Result<()> }).await.unwrap_err();
        assert_eq!(failed.downcast_ref::<BrokeOff>().unwrap().0, "second");
        assert!(format!("{failed:#}").contains("no"));
        assert_eq!(steps.held.iter().map(|step| step.name).collect::<Vec<_>>(), ["first"]);
    }
}
