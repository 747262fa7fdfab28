//! The attributes of an element that say something here, found in one pass.

use dom_query::Element;

/// Their values; of two of one name the first.
#[derive(Default)]
pub(crate) struct Attributes<'a> {
    pub(crate) class: Option<&'a str>,
    pub(crate) id: Option<&'a str>,
    pub(crate) property: Option<&'a str>,
    pub(crate) rel: Option<&'a str>,
    pub(crate) style: Option<&'a str>,
    pub(crate) hidden: Option<&'a str>,
    pub(crate) datetime: Option<&'a str>,
    pub(crate) content: Option<&'a str>,
    pub(crate) pubdate: Option<&'a str>,
    /// What sites name parts of theirs by, the likeliest to say something first.
    pub(crate) tests: [Option<&'a str>; 6],
}

impl<'a> Attributes<'a> {
    pub(crate) fn of(element: &'a Element) -> Self {
        let mut out = Self::default();
        for attr in &element.attrs {
            let slot = match &*attr.name.local {
                "class" => &mut out.class,
                "id" => &mut out.id,
                "itemprop" => &mut out.property,
                "rel" => &mut out.rel,
                "style" => &mut out.style,
                "hidden" => &mut out.hidden,
                "datetime" => &mut out.datetime,
                "content" => &mut out.content,
                "pubdate" => &mut out.pubdate,
                "data-testid" => &mut out.tests[0],
                "data-component" => &mut out.tests[1],
                "data-qa" => &mut out.tests[2],
                "data-module" => &mut out.tests[3],
                "role" => &mut out.tests[4],
                "data-type" => &mut out.tests[5],
                _ => continue,
            };
            slot.get_or_insert(&attr.value);
        }
        out
    }
}
