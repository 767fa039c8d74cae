//! Learning through HTTP and through its verbs: honest players, attackers, and what people's networks do.

mod browser;
mod chain_attacks;
mod classroom;
mod clock_attacks;
mod door_attacks;
mod fairness;
mod files;
mod flood;
mod nodes;
mod pages;
mod player;
mod playing;
mod random_attacker;
