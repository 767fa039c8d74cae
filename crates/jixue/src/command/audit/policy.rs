//! `docs/policy.csv`: who may do what with whose things, one line for each role and route.

use super::places::{Asker, Relation};
use anyhow::{Context, ensure};
use serde::Serialize;
use std::collections::BTreeMap;

/// The table as it stands in the documents.
pub const TABLE: &str = include_str!("../../../../../docs/policy.csv");
const HEAD: &str = "role,method,route,own,sibling,child,parent,foreign,deleted";

/// What a request comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is done, shown, or refused for another reason than who asks.
    Allow,
    /// The role has no right to the route, or none of this kind to the thing.
    Deny,
    /// To this asker there is no such thing.
    NotFound,
    /// The server failed; never expected.
    Failed,
}

impl Verdict {
    fn from_code(code: &str) -> Option<Self> {
        match code {
            "allow" => Some(Self::Allow),
            "deny" => Some(Self::Deny),
            "not_found" => Some(Self::NotFound),
            _ => None,
        }
    }
}

/// The lines by role, and by method and route.
#[derive(Debug, Clone)]
pub struct PolicyTable(BTreeMap<(String, String), [Verdict; 6]>);

impl PolicyTable {
    /// # Errors
    /// A line that cannot be read, or one that stands twice.
    pub fn read(text: &str) -> anyhow::Result<Self> {
        let mut lines = text.lines();
        ensure!(lines.next() == Some(HEAD), "the first line is not {HEAD}");
        let mut table = BTreeMap::new();
        for line in lines {
            let cells: Vec<&str> = line.split(',').collect();
            ensure!(cells.len() == 9, "{line}: not nine columns");
            let verdicts: Option<Vec<Verdict>> = cells[3..].iter().map(|cell| Verdict::from_code(cell)).collect();
            let verdicts: [Verdict; 6] =
                verdicts.and_then(|all| all.try_into().ok()).with_context(|| format!("{line}: not a verdict"))?;
            let key = (cells[0].to_owned(), format!("{} {}", cells[1], cells[2]));
            ensure!(table.insert(key, verdicts).is_none(), "{line}: stands twice");
        }
        Ok(Self(table))
    }

    /// The six verdicts of a role at `METHOD /route`, in the order of the columns.
    pub fn line(&self, asker: Asker, route: &str) -> Option<[Verdict; 6]> {
        self.0.get(&(asker.code().to_owned(), route.to_owned())).copied()
    }

    pub fn of(&self, asker: Asker, route: &str, relation: Relation) -> Option<Verdict> {
        let place = Relation::ALL.iter().position(|known| *known == relation)?;
        Some(self.line(asker, route)?[place])
    }

    /// Role and route of each line.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.keys().map(|(role, route)| (role.as_str(), route.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line that is read as another says who may do what wrongly.
    #[test]
    fn a_table_that_cannot_be_read_is_refused() {
        let good = format!("{HEAD}\nlearner,GET,/orders,allow,deny,not_found,deny,deny,not_found\n");
        let table = PolicyTable::read(&good).unwrap();
        assert_eq!(table.of(Asker::Learner, "GET /orders", Relation::Child), Some(Verdict::NotFound));
        assert_eq!(table.of(Asker::Stranger, "GET /orders", Relation::Child), None);
        let twice = format!("{good}learner,GET,/orders,deny,deny,deny,deny,deny,deny\n");
        let short = format!("{HEAD}\nlearner,GET,/orders,allow\n");
        let other_word = good.replace("not_found", "maybe");
        for text in ["", &twice, &short, &other_word] {
            assert!(PolicyTable::read(text).is_err(), "{text}");
        }
    }
}
