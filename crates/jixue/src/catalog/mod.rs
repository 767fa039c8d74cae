//! Programme years, courses, lessons, question banks and papers.

pub mod years;

use crate::web::Routes;
pub const CATALOGUE: &[(&str, &str)] = &[];
pub fn routes(routes: Routes) -> Routes { routes }
