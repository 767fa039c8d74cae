//! What there is in the temporary city, by kind and place, and in whose name requests are made.

use super::carried::Thing;
use super::places::{Asker, Node, Relation};
use anyhow::Context;
use jixue_core::id::{AccountId, LearnerId, UnitId};
use jixue_core::role::Role;
use jixue_core::time::Year;
use std::collections::HashMap;

/// A signed-in person.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub account: AccountId,
    pub token: String,
    pub csrf: String,
    /// The grant that is worn; 0 for the learner's own hat.
    pub grant: String,
}

/// The temporary city after it is built.
pub(super) struct World {
    pub year: Year,
    pub tomorrow: String,
    pub units: HashMap<Node, UnitId>,
    pub learners: HashMap<Node, LearnerId>,
    pub workers: HashMap<Node, LearnerId>,
    /// Mobile numbers of the learners.
    pub phones: HashMap<Node, String>,
    pub usccs: HashMap<Node, String>,
    pub bases: [String; 2],
    pub sessions: HashMap<Asker, Session>,
    /// Ids of things that belong to a place.
    pub things: HashMap<(Thing, Node), String>,
    /// What belongs to an asker's account.
    pub own: HashMap<(Asker, Thing), String>,
    /// Ids of things that belonged to a place and are gone.
    pub gone: HashMap<(Thing, Node), String>,
    /// A film that the learners are enrolled for, the course it belongs to, and a paper.
    pub lesson: String,
    pub course: String,
    pub paper: String,
    /// Of the assets' addresses.
    pub edition: String,
    /// A well-formed id that nothing has.
    pub unknown: String,
}

impl World {
    pub fn unit(&self, node: Node) -> UnitId {
        self.units.get(&node.unit()).copied().unwrap_or(UnitId::from_raw(0))
    }

    pub fn learner(&self, node: Node) -> LearnerId {
        self.learners.get(&Self::person(node)).copied().unwrap_or(LearnerId::from_raw(0))
    }

    fn person(node: Node) -> Node {
        match node.person() {
            Node::LearnerAgain => Node::Learner,
            person => person,
        }
    }

    /// The id of the thing so related to the asker.
    pub fn id(&self, asker: Asker, thing: Thing, relation: Relation) -> anyhow::Result<String> {
        let node = asker.related(relation);
        if relation == Relation::Deleted {
            return Ok(self.deleted(asker, thing, node));
        }
        let found = match thing {
            Thing::OwnGrant if relation == Relation::Own => self.sessions.get(&asker).map(|own| own.grant.clone()),
            Thing::Device | Thing::Factor | Thing::SavedView => self.account_thing(asker, thing, node, relation),
            Thing::OwnGrant => self.things.get(&(Thing::Grant, node.grant())).cloned(),
            Thing::Place => Some(self.place(asker, node)),
            Thing::Grant => self.things.get(&(thing, node.grant())).cloned(),
            Thing::Phone => self.phones.get(&Self::person(node)).cloned(),
            Thing::Unit => self.units.get(&node.unit()).map(ToString::to_string),
            Thing::MoveOut | Thing::MoveIn | Thing::Exemption | Thing::Granted => {
                self.things.get(&(thing, node.unit())).cloned()
            }
            Thing::UnitMoveIn | Thing::UnitMoveOut => self.things.get(&(thing, merge_place(node))).cloned(),
            Thing::Merge => self.things.get(&(thing, merge_place(node))).cloned(),
            Thing::Worker => self.workers.get(&node.unit()).map(ToString::to_string),
            Thing::Person => Some(self.learner(node).to_string()),
            Thing::Region => Some(node.region_code().to_owned()),
            Thing::Year => Some(self.year.to_string()),
            Thing::Paper => Some(self.paper.clone()),
            Thing::Course => Some(self.course.clone()),
            Thing::Lesson => Some(self.lesson.clone()),
            Thing::Asset => Some("app.css".to_owned()),
            Thing::Issuer => Some("audit".to_owned()),
            Thing::Registration => self.things.get(&(thing, node.office())).cloned(),
            Thing::Confirmed | Thing::UnitList | Thing::AppliedUnitList | Thing::Sheet => {
                self.things.get(&(thing, node.office())).cloned()
            }
            Thing::Activation => self.things.get(&(thing, node.unit())).cloned(),
            Thing::Recovery => self.things.get(&(thing, node.grant())).cloned(),
            Thing::Roster | Thing::AppliedRoster => self.things.get(&(thing, node.unit())).cloned(),
            Thing::Order => self.order(node),
            Thing::Certificate | Thing::Code | Thing::Attempt | Thing::Media | Thing::PlaySession => {
                self.things.get(&(thing, node.person())).cloned()
            }
        };
        let found = found.or_else(|| (asker == Asker::Stranger).then(|| self.unknown.clone()));
        found.with_context(|| format!("no {thing:?} at {node:?} for {}", asker.code()))
    }

    /// What belongs to an account: the asker's own, else that of the person at a place.
    fn account_thing(&self, asker: Asker, thing: Thing, node: Node, relation: Relation) -> Option<String> {
        let person = node.person();
        let is_own = relation == Relation::Own || (asker == Asker::Learner && person == Node::LearnerAgain);
        match is_own {
            true => self.own.get(&(asker, thing)).cloned(),
            // The learner who asks is one of those whom others ask about.
            false if person == Node::Learner => self.own.get(&(Asker::Learner, thing)).cloned(),
            false => self.things.get(&(thing, person)).cloned(),
        }
    }

    /// Persons and units both order.
    fn order(&self, node: Node) -> Option<String> {
        let own = self.things.get(&(Thing::Order, node));
        own.or_else(|| self.things.get(&(Thing::Order, node.unit()))).cloned()
    }

    /// A place for a grant, as the form of this giver wants it.
    fn place(&self, asker: Asker, node: Node) -> String {
        match asker {
            Asker::Role(Role::BaseManager) if matches!(node, Node::Base | Node::BaseStaff) => self.bases[0].clone(),
            Asker::Role(Role::BaseManager) => self.bases[1].clone(),
            Asker::Role(Role::BureauOfficer | Role::SecurityAdministrator) => node.region_code().to_owned(),
            _ => self.usccs.get(&node.unit()).cloned().unwrap_or_default(),
        }
    }

    fn deleted(&self, asker: Asker, thing: Thing, node: Node) -> String {
        let place = match thing {
            Thing::Grant | Thing::OwnGrant => node.grant(),
            Thing::Confirmed | Thing::UnitList | Thing::AppliedUnitList | Thing::Sheet => node.office(),
            Thing::Roster | Thing::AppliedRoster => node.unit(),
            Thing::Order if self.gone.contains_key(&(thing, node)) => node,
            Thing::Order => node.unit(),
            _ => node.person(),
        };
        let kept = match thing {
            Thing::OwnGrant => Thing::Grant,
            Thing::AppliedRoster => Thing::Roster,
            Thing::AppliedUnitList => Thing::UnitList,
            thing => thing,
        };
        match (thing, self.gone.get(&(kept, place))) {
            (_, Some(id)) => id.clone(),
            (Thing::Region, None) => "431098".to_owned(),
            (Thing::Place, None) => match asker {
                Asker::Role(Role::BaseManager) => self.unknown.clone(),
                Asker::Role(Role::CountyOfficer | Role::IndustryOfficer) => "12431000MA9A1C0945".to_owned(),
                _ => "431098".to_owned(),
            },
            (Thing::Phone, None) => "13900008888".to_owned(),
            (Thing::Year, None) => "1999".to_owned(),
            (Thing::Asset, None) => "gone.css".to_owned(),
            (Thing::Media, None) => format!("{}/x/gone.mp4", self.lesson),
            (_, None) => self.unknown.clone(),
        }
    }
}

/// The office whose merged units stand for a place: the province has none of its own.
fn merge_place(node: Node) -> Node {
    match node.office() {
        Node::Province => Node::OtherCity,
        office => office,
    }
}
