//! Work on an import that may take longer than a page waits: begun at once, then done step by step, by whoever asked or by a
//! job. Each step is one transaction; asked again, or by two at once, the work is still done once.

use super::{lists, roster};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::outbox::{self, JobKind};
use jixue_core::id::ImportId;
use jixue_core::scope::Scope;

/// What is done with an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    ApplyRoster,
    UndoRoster,
    ApplyList,
    UndoList,
}

/// How often somebody else may write the same in the same moment before a step gives way.
const BEATEN_MAX: usize = 5;

impl Work {
    const fn job(self) -> JobKind {
        match self {
            Self::ApplyRoster => JobKind::ApplyRoster,
            Self::UndoRoster => JobKind::UndoRoster,
            Self::ApplyList => JobKind::ApplyList,
            Self::UndoList => JobKind::UndoList,
        }
    }

    /// Marks an import within reach as being worked on; false when all is done already.
    async fn begin(self, tx: &Tx<'_>, at: &At, scope: &Scope, import: ImportId) -> Result<bool> {
        match self {
            Self::ApplyRoster => roster::apply::begin(tx, at, scope, import).await,
            Self::UndoRoster => roster::undo::begin(tx, at, scope, import).await,
            Self::ApplyList => lists::apply::begin(tx, at, scope, import).await,
            Self::UndoList => lists::undo::begin(tx, at, scope, import).await,
        }
    }

    /// Does the next part; false when none is left.
    async fn step(self, app: &App, scope: &Scope, import: ImportId) -> Result<bool> {
        let mut beaten = 0;
        loop {
            let stepped = match self {
                Self::ApplyRoster => roster::apply::step(app, scope, import).await,
                Self::UndoRoster => roster::undo::step(app, scope, import).await,
                Self::ApplyList => lists::apply::step(app, scope, import).await,
                Self::UndoList => lists::undo::step(app, scope, import).await,
            };
            match stepped {
                // Somebody else wrote the same row in this moment: the next look sees it.
                Err(Error::Database(failure)) if failure.is_unique_violation() && beaten < BEATEN_MAX => beaten += 1,
                stepped => return stepped,
            }
        }
    }

    /// Does all of it before it returns.
    ///
    /// # Errors
    /// What `begin` refuses.
    pub async fn through(self, app: &App, scope: &Scope, import: ImportId) -> Result<()> {
        let (at, asker) = (app.at(), scope.clone());
        if app.db.write(async move |tx: &Tx<'_>| self.begin(tx, &at, &asker, import).await).await? {
            while self.step(app, scope, import).await? {}
        }
        Ok(())
    }

    /// Begins, and leaves the rest to a job that is committed together with the beginning.
    ///
    /// # Errors
    /// What `begin` refuses.
    pub async fn leave_to_job(self, app: &App, scope: &Scope, import: ImportId) -> Result<()> {
        let (at, scope) = (app.at(), scope.clone());
        let begin = async move |tx: &Tx<'_>| {
            if self.begin(tx, &at, &scope, import).await? {
                outbox::enqueue(tx, &at, self.job(), 0, import, at.now).await?;
            }
            Ok(())
        };
        app.db.write(begin).await?;
        app.outbox.wake();
        Ok(())
    }

    /// A job's turn: the next part, and itself again while there is more, so that other jobs come between.
    ///
    /// # Errors
    /// What ends a step; the job is tried again.
    pub async fn go_on(self, app: &App, scope: &Scope, import: ImportId) -> Result<()> {
        if self.step(app, scope, import).await? {
            let at = app.at();
            let again = async move |tx: &Tx<'_>| outbox::enqueue(tx, &at, self.job(), 0, import, at.now).await;
            app.db.write(again).await?;
            app.outbox.wake();
        }
        Ok(())
    }
}
