//! How many domains a fetcher is to hold: its fair share of all sources. Pure.

/// What a fetcher is to do about its share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Take free domains with so many sources together.
    pub take: i64,
    /// Give these domains back, by their place in what was given.
    pub give: Vec<usize>,
}

/// `held`: the sources of each domain that it holds. Whoever is below the share takes; whoever stays at it without some of
/// its domains gives those back. So each crosses the share once at most, and while a domain is free, somebody is below it:
/// this ends, with nobody more than one domain above.
pub fn share(held: &[usize], sources: i64, fetchers: i64) -> Share {
    let fair = (sources.max(0) + fetchers.max(1) - 1) / fetchers.max(1);
    let mut mine: i64 = held.iter().map(|n| i64::try_from(*n).unwrap_or(0)).sum();
    if mine < fair {
        return Share { take: fair - mine, give: Vec::new() };
    }
    // The smallest first: they are the most, and cost nobody much.
    let mut order: Vec<usize> = (0..held.len()).collect();
    order.sort_by_key(|n| held[*n]);
    let mut give = Vec::new();
    for place in order {
        let size = i64::try_from(held[place]).unwrap_or(0);
        if mine - size < fair {
            break;
        }
        mine -= size;
        give.push(place);
    }
    Share { take: 0, give }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_takes_all_and_gives_half_to_a_second() {
        assert_eq!(share(&[], 10, 1), Share { take: 10, give: vec![] });
        assert_eq!(share(&[3, 1, 2, 4], 10, 2), Share { take: 0, give: vec![1, 2] });
        assert_eq!(share(&[4, 3], 10, 2), Share { take: 0, give: vec![] });
        assert_eq!(share(&[], 0, 2), Share::default());
    }

    proptest! {
        #[test]
        fn any_number_of_fetchers_come_to_rest_with_everything_held(
            sizes in proptest::collection::vec(1usize..200, 1..80),
            count in 1usize..8,
            first in 0usize..8,
        ) {
            let total: i64 = sizes.iter().map(|n| *n as i64).sum();
            let mut free: Vec<usize> = Vec::new();
            let mut held: Vec<Vec<usize>> = vec![Vec::new(); count];
            // All are held by one, who then is joined by the others.
            held[first % count] = (0..sizes.len()).collect();
            for _ in 0..200 {
                for mine in &mut held {
                    let loads: Vec<usize> = mine.iter().map(|d| sizes[*d]).collect();
                    let todo = share(&loads, total, count as i64);
                    let mut give = todo.give.clone();
                    give.sort_unstable_by(|a, b| b.cmp(a));
                    for place in give {
                        free.push(mine.remove(place));
                    }
                    let mut want = todo.take;
                    while want > 0 && let Some(domain) = free.pop() {
                        want -= sizes[domain] as i64;
                        mine.push(domain);
                    }
                }
            }
            prop_assert!(free.is_empty());
            let fair = (total + count as i64 - 1) / count as i64;
            let most = *sizes.iter().max().unwrap() as i64;
            for mine in &held {
                let load: i64 = mine.iter().map(|d| sizes[*d] as i64).sum();
                prop_assert!(load <= fair + most, "{load} of {fair}");
            }
        }
    }
}
