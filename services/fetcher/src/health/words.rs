//! Repairs in words, with what the publisher should mend.

/// What a kind of repair means, to be read after "mended:".
pub fn repair_words(kind: &str) -> String {
    let known = match kind {
        "bare_ampersand" => "“&” stands bare in the text; write it as &amp;",
        "stray_lt" => "“<” stands bare in the text; write it as &lt;",
        "control_character" => "control characters, which XML forbids; take them out before publishing",
        "html_entity" => {
            "names of characters that XML does not know (&nbsp; and the like); write the characters themselves"
        }
        "declared_entity" => "entities that the document declares itself; write the characters themselves",
        "wrong_encoding" => {
            "the declared encoding is not the one of the bytes (they are UTF-8); declare UTF-8"
        }
        "undeclared_encoding" => {
            "the encoding is declared nowhere and had to be guessed; declare it, best as UTF-8"
        }
        "bad_byte" => {
            "bytes that are no characters in the document's encoding; write everything in one encoding, UTF-8"
        }
        "no_version" => "the root element says no version; write <rss version=\"2.0\">",
        "odd_version" | "older_version" => {
            "the version of the root element is none that exists; write version=\"2.0\""
        }
        "old_namespace" => "the namespace of a form that is no longer in use; publish RSS 2.0 or Atom 1.0",
        "root_namespace" => "a namespace on the root element that RSS does not have; take it out",
        "unbound_prefix" => "a prefix is used that no xmlns declares; declare it on the root element",
        "upper_case_tags" => "names of elements in capitals; XML tells them apart, write them in lower case",
        "bad_escape" => "escapes in JSON that do not exist; write it by a JSON library",
        "trailing_comma" => "commas after the last element, which JSON forbids; write it by a JSON library",
        "encoded_twice" => "the text was encoded twice (“Ã±” for “ñ”); encode it once, as UTF-8",
        "national_characters" => "characters of a national set stand for others; write UTF-8",
        "no_root" => "the root element is missing; write the whole document",
        "field_limit" => "a field is longer than any text and was cut; look for what filled it",
        "item_limit" => "more items than a document may have; publish fewer at a time",
        "stray_end_tag" => "end tags without a start; escape the HTML inside items, or close every element",
        "unclosed_item" | "unclosed_tag" => "elements that are not closed; close every element",
        "unclosed_root" | "truncated" => {
            "the document ends early; look for a time limit or a cache that cuts it"
        }
        "unclosed_cdata" => "a CDATA section is not closed; end it with ]]>",
        "unclosed_comment" => "a comment is not closed; end it with -->",
        "broken_markup" | "mismatched_tag" => {
            "tags that do not match; escape the HTML inside items, or close every element"
        }
        "broken_item" => "items that cannot be read and were left out; validate the document",
        "junk_before" => {
            "something stands before the document (blank lines, a warning of the server); take it out"
        }
        "junk_after" => "something stands after the document; end it with its root element",
        "over_the_cap" => "more than a document may have; publish fewer items at a time",
        _ => return format!("{}; validate the document", kind.replace('_', " ")),
    };
    known.to_owned()
}
