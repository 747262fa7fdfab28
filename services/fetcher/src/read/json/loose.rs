//! Values of JSON in whatever type they come.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A list that keeps so many.
const MOST: usize = 500;

/// Bytes of a text that are kept.
const LONGEST: usize = 4 << 20;

/// A text; a number is its digits, anything else nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Text(pub Option<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, v: &str) -> Result<Text, E> {
        let end = (0..=v.len().min(LONGEST)).rev().find(|n| v.is_char_boundary(*n));
        Ok(Text(Some(v[..end.unwrap_or_default()].to_owned())))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Text, E> {
        Ok(Text(Some(v.to_string())))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Text, E> {
        Ok(Text(Some(v.to_string())))
    }

    fn visit_f64<E>(self, v: f64) -> Result<Text, E> {
        Ok(Text(Some(v.to_string())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Text, E> {
        Ok(Text(None))
    }

    fn visit_unit<E>(self) -> Result<Text, E> {
        Ok(Text(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Text, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }
}

/// What an object or text can be read as.
pub(super) trait FromJson: Sized {
    /// Of a text.
    fn of_text(text: String) -> Option<Self>;
    /// Of an object's members.
    fn of_map<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error>;
}

/// A list of objects or texts, or one of them alone; anything else is nothing.
#[derive(Debug)]
pub(super) struct Loose<T>(pub Vec<T>);

impl<T> Default for Loose<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: FromJson> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor(PhantomData))
    }
}

struct LooseVisitor<T>(PhantomData<T>);

impl<'de, T: FromJson> Visitor<'de> for LooseVisitor<T> {
    type Value = Loose<T>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_str<E>(self, v: &str) -> Result<Loose<T>, E> {
        Ok(Loose(T::of_text(v.to_owned()).into_iter().collect()))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Loose<T>, E> {
        Ok(Loose::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Loose<T>, E> {
        Ok(Loose::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Loose<T>, E> {
        Ok(Loose::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Loose<T>, E> {
        Ok(Loose::default())
    }

    fn visit_unit<E>(self) -> Result<Loose<T>, E> {
        Ok(Loose::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Loose<T>, A::Error> {
        Ok(Loose(vec![T::of_map(map)?]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Loose<T>, A::Error> {
        let mut found = Vec::new();
        while found.len() < MOST {
            // Of a list within the list, the first.
            let Some(Loose(one)) = list.next_element::<Loose<T>>()? else { return Ok(Loose(found)) };
            found.extend(one.into_iter().next());
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose(found))
    }
}
