//! Makes `vocab/words.bin`: `words OUT LANG=FILE…`, each file one folded word a line. Where the lists come from is in vocab/README.md.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let out = args.next().ok_or("say where to write the file")?;
    let mut lists = Vec::new();
    for arg in args {
        let (language, path) = arg.split_once('=').ok_or("say LANG=FILE")?;
        let code = *language.as_bytes().first_chunk::<2>().ok_or("a language has two letters")?;
        lists.push((code, std::fs::read_to_string(path)?));
    }
    let languages = lists.iter().map(|(code, text)| (*code, text.lines().collect()));
    std::fs::write(out, wiredesk_processor::enrich::lexicon::file(languages))?;
    Ok(())
}
