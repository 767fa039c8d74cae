//! Learning through HTTP and through its verbs: honest players, attackers, and what people's networks do.

mod attacks;
mod browser;
mod classroom;
mod fairness;
mod files;
mod flood;
mod nodes;
mod pages;
mod player;
mod playing;
mod random_attacker;
