//! How long hostile pages take and how much memory a page of 5 MB does, beside its own bytes. Time is measured here and
//! asserted nowhere: `cargo run --release --example hostile`.

use std::time::Instant;

use wiredesk_cleaner::tool::extract;

/// Peak resident memory of this process in MiB, where the system tells.
fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

/// So many short names of attributes, in about 5 bytes each.
fn names(count: u32) -> String {
    let letter = |n: u32| char::from_digit(n % 36, 36).unwrap_or('x');
    let name = |n: u32| -> String {
        ['a', letter(n), letter(n / 36), letter(n / 1296), letter(n / 46_656), ' '].into_iter().collect()
    };
    (0..count).map(name).collect()
}

fn hostile() -> Vec<(&'static str, String)> {
    let many = |text: &str, count: usize| text.repeat(count);
    let text = "<p>El pleno aprobó la reforma de la plaza con los votos de todos los grupos.</p>";
    vec![
        ("depth 100,000: div", many("<div>", 100_000)),
        ("depth 100,000: b", many("<b>", 100_000)),
        (
            "depth 100,000: div with text",
            format!("{}{text}{}", many("<div>", 100_000), many("</div>", 100_000)),
        ),
        ("depth 100,000: closed lists", many("<ul><li>", 100_000)),
        ("1,000,000 attributes, all other", format!("<p {}>x</p>", names(1_000_000))),
        ("200,000 attributes, all other", format!("<p {}>x</p>", names(200_000))),
        ("1,000,000 attributes, all the same", format!("<p {}>x</p>", many("a=1 ", 1_000_000))),
        ("1,000,000 classes", format!("<div class='{}'>{text}</div>", many("article-body ", 500_000))),
        ("unclosed p", many("<p>texto ", 500_000)),
        ("unclosed formatting", many("<p><b><i><font>x", 100_000)),
        ("unclosed links", many("<a href=x>", 100_000)),
        ("unclosed tables", many("<table><tr><td>", 100_000)),
        ("unclosed selects and options", many("<select><option>", 100_000)),
        ("an attribute without end", format!("<p title=\"{}", many("x", 5_000_000))),
        ("a comment without end", format!("<!--{}", many("x-", 2_500_000))),
        ("only <", many("<", 5_000_000)),
        ("only &", many("&", 5_000_000)),
        ("one line of 5 MB", format!("<article><p>{}</p></article>", many("palabra ", 640_000))),
        ("one word of 5 MB", format!("<article><p>{}</p></article>", many("a", 5_000_000))),
        (
            "JSON-LD: depth 1,000,000",
            format!("<script type='application/ld+json'>{}</script>{text}", many("[", 1_000_000)),
        ),
        (
            "JSON-LD: graphs in graphs",
            format!("<script type='application/ld+json'>{}</script>{text}", many("{\"@graph\":[", 200_000)),
        ),
        (
            "JSON-LD: 300,000 objects",
            format!(
                "<script type='application/ld+json'>[{}1]</script>{text}",
                many("{\"@type\":\"NewsArticle\"},", 200_000)
            ),
        ),
        ("100,000 paragraphs", format!("<article>{}</article>", many(text, 60_000))),
        ("capital words before a bracket", format!("<article><p>{}</p></article>", many("MADRID ", 400_000))),
        ("mojibake without end", format!("<article><p>{}</p></article>", many("Ã", 2_000_000))),
        ("references without end", format!("<article><p>{}</p></article>", many("&amp;amp;", 500_000))),
    ]
}

/// A long page as sites make them: 5 MB of markup, scripts and stories.
fn page() -> String {
    let menu =
        "<li class=\"menu-item menu-item-type\"><a href=\"/seccion/una\">Una sección de la web</a></li>";
    let teaser = "<div class=\"card card--teaser\"><a href=\"/otra\"><h3>Otra noticia que no viene al caso</h3></a><p>Su entradilla, de una línea.</p></div>";
    let text = "<p>El pleno aprobó la reforma de la plaza con los votos de todos los grupos, según informó la alcaldesa en la sala de prensa.</p>";
    let mut html = String::from(
        "<!DOCTYPE html><html lang=\"es\"><head><title>El pleno aprueba la reforma</title></head><body>",
    );
    html.push_str(&format!(
        "<nav><ul>{}</ul></nav><article><h1>El pleno aprueba la reforma</h1>",
        menu.repeat(4_000)
    ));
    html.push_str(&text.repeat(8_000));
    html.push_str(&format!("</article><aside>{}</aside>", teaser.repeat(12_000)));
    html.push_str(&format!("<script>{}</script>", "window.state=[1,2,3];".repeat(60_000)));
    html.push_str("</body></html>");
    html
}

fn main() {
    let html = page();
    // The tables and models that every page shares.
    extract(
        "warm",
        b"<article><p>El pleno aprobo la reforma de la plaza con los votos de todos.</p></article>",
    );
    let before = peak();
    let began = Instant::now();
    extract("page", html.as_bytes());
    let took = began.elapsed();
    if let (Some(before), Some(after)) = (before, peak()) {
        println!(
            "{:<40} {:>8.1} ms  peak {after:.0} MiB, {:.0} MiB over what it was before ({:.1} MB of HTML)",
            "a page of 5 MB",
            took.as_secs_f64() * 1e3,
            after - before,
            html.len() as f64 / 1e6
        );
    } else {
        println!("SKIP: this system does not tell peak memory");
    }
    for (name, html) in hostile() {
        let began = Instant::now();
        let out = extract("a", html.as_bytes());
        let took = began.elapsed().as_secs_f64() * 1e3;
        println!("{name:<40} {took:>8.1} ms  {}", out["not_article"].as_str().unwrap_or("article"));
    }
}
