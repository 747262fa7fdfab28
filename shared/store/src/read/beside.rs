//! Conditions on items that tables beside `item` answer: topics, names, places, stories.

use super::items::{Circle, ItemFilter, Sql};

/// A condition that a table beside `item` answers.
#[derive(Clone, Copy)]
pub(super) enum Beside<'a> {
    Topics(&'a [String]),
    Entity(&'a str),
    Place(&'a str),
    Near(&'a Circle),
    Story(&'a str),
}

impl ItemFilter {
    /// Those of this filter.
    pub(super) fn beside(&self) -> Vec<Beside<'_>> {
        let all = [
            self.topics.as_deref().map(Beside::Topics),
            self.entity.as_deref().map(Beside::Entity),
            self.place.as_deref().map(Beside::Place),
            self.near.as_ref().map(Beside::Near),
            self.story.as_deref().map(Beside::Story),
        ];
        all.into_iter().flatten().collect()
    }
}

impl Beside<'_> {
    /// `FROM` on, up to the rows' condition; their item is `b.item_id`.
    pub(super) fn rows(&self, sql: &mut Sql) {
        match self {
            Self::Topics(codes) => {
                sql.push(" FROM item_topic b WHERE b.code = ANY(").push_bind(codes.to_vec()).push(")");
            }
            // What was merged into it counts.
            Self::Entity(id) => {
                sql.push(" FROM item_entity b WHERE b.entity_id = ANY(ARRAY(SELECT entity_id FROM entity WHERE merged_into = ");
                sql.push_bind((*id).to_owned()).push(") || ").push_bind((*id).to_owned()).push(")");
            }
            Self::Place(id) => {
                sql.push(" FROM item_place b WHERE b.place_id = ").push_bind((*id).to_owned());
            }
            Self::Near(circle) => {
                sql.push(" FROM item_place b WHERE ");
                circle.holds(sql);
            }
            Self::Story(id) => {
                sql.push(" FROM story_item b WHERE b.story_id = ").push_bind((*id).to_owned());
            }
        }
    }

    /// The condition, asked of one item after the other: OFFSET keeps Postgres from joining all that the table has first.
    pub(super) fn of_one(&self, sql: &mut Sql) {
        sql.push(" AND EXISTS (SELECT");
        self.rows(sql);
        sql.push(" AND b.item_id = i.item_id OFFSET 0)");
    }
}
