//! Chance with a seed: the same seed draws the same city.

/// A seeded source of chance.
pub(super) struct Chance(fastrand::Rng);

impl Chance {
    pub fn of(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// A whole number from `low` up to, but not, `high`.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        self.0.u32(low..high.max(low + 1))
    }

    /// One of the items; the first of a single one.
    pub fn one_of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.0.usize(..items.len().max(1))]
    }

    /// One of the items, each as often as its weight says.
    pub fn weighted<'a, T>(&mut self, items: &'a [T], weight: impl Fn(&T) -> u32) -> &'a T {
        let mut left = self.between(0, items.iter().map(&weight).sum());
        for item in items {
            match left.checked_sub(weight(item)) {
                Some(rest) => left = rest,
                None => return item,
            }
        }
        &items[items.len() - 1]
    }

    pub fn percent(&mut self, percent: u32) -> bool {
        self.between(0, 100) < percent
    }

    /// A size around a median, as units have: many small ones, few large ones (log-normal).
    pub fn size(&mut self, median: u32, sigma: f64) -> u32 {
        // Box and Muller's way from two even draws to a normal one.
        let (first, second) = (1.0 - self.0.f64(), self.0.f64());
        let normal = (-2.0 * first.ln()).sqrt() * (std::f64::consts::TAU * second).cos();
        (f64::from(median) * (sigma * normal).exp()).round().clamp(1.0, 5_000.0) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same() {
        let drawn = |seed| {
            let mut chance = Chance::of(seed);
            (0..50).map(|_| (chance.between(0, 1_000), chance.size(24, 1.1))).collect::<Vec<_>>()
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
    }

    #[test]
    fn weights_are_shares() {
        let mut chance = Chance::of(1);
        let items = [("never", 0), ("seldom", 100), ("often", 900)];
        let mut counts = [0; 2];
        for _ in 0..10_000 {
            match chance.weighted(&items, |item| item.1).0 {
                "seldom" => counts[0] += 1,
                "often" => counts[1] += 1,
                other => panic!("{other} was drawn"),
            }
        }
        assert!((800..1_200).contains(&counts[0]), "{counts:?}");
    }

    #[test]
    fn half_of_the_units_are_smaller_than_the_median() {
        let mut chance = Chance::of(3);
        let small = (0..10_000).filter(|_| chance.size(100, 0.7) < 100).count();
        assert!((4_700..5_300).contains(&small), "{small}");
    }
}
