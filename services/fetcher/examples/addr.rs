use std::time::Instant;
use wiredesk_fetcher::address;
fn main() {
    let pairs = std::fs::read_to_string("/tmp/pairs.tsv").unwrap();
    let (mut ok, mut all) = (0, 0);
    for line in pairs.lines() {
        let (c, a) = line.split_once('\t').unwrap();
        all += 1;
        if address::key(c) == address::key(a) {
            ok += 1
        } else if all < 4000 {
            println!("{:?}\n  {:?}", address::key(c), address::key(a))
        }
    }
    println!("pairs {ok}/{all}");
    let urls = std::fs::read_to_string("/tmp/urls.txt").unwrap();
    let urls: Vec<&str> = urls.lines().collect();
    let (mut best_c, mut best_k, mut best_p) = (0f64, 0f64, 0f64);
    for _ in 0..5 {
        let t = Instant::now();
        let n: usize = urls.iter().filter_map(|u| url::Url::parse(u).ok()).map(|u| u.as_str().len()).sum();
        best_p = best_p.max(urls.len() as f64 / t.elapsed().as_secs_f64());
        let t = Instant::now();
        let c: usize = urls.iter().filter_map(|u| address::canon(u)).map(|u| u.len()).sum();
        best_c = best_c.max(urls.len() as f64 / t.elapsed().as_secs_f64());
        let t = Instant::now();
        let k: usize = urls.iter().filter_map(|u| address::key(u)).map(|u| u.len()).sum();
        best_k = best_k.max(urls.len() as f64 / t.elapsed().as_secs_f64());
        std::hint::black_box((n, c, k));
    }
    println!("{} urls: parse alone {best_p:.0}/s canon {best_c:.0}/s key {best_k:.0}/s", urls.len());
}
