//! Certificates: from the met requirement to the paper in a stranger's hand, on both engines.

mod browser;
pub mod city;
mod corrections;
mod issuing;
mod numbers;
mod paper;
mod tools;
mod verifying;
