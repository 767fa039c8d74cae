//! The sample city.
