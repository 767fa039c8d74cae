//! Interim.
use crate::{app::App, error::Result, web::Routes};
use jixue_core::id::*;
pub const CATALOGUE: &[(&str, &str)] = &[];
pub fn routes(routes: Routes) -> Routes { routes }
pub async fn close_overdue(_app: &App, _learner: LearnerId, _attempt: ExamAttemptId) -> Result<()> { Ok(()) }
pub async fn sweep(_app: &App) -> Result<()> { Ok(()) }
