//! Interim.
use crate::web::Routes;
pub const CATALOGUE: &[(&str, &str)] = &[];
pub fn routes(routes: Routes) -> Routes { routes }
