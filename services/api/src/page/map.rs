//! A map of places: the part of the world around them, with a dot at each. The land is an asset that every map shares.

use super::pages::PlaceView;

/// Units a degree, as in `assets/world.svg`.
const UNITS: f64 = 10.0;
/// Once round, in these units.
const ROUND: f64 = 360.0 * UNITS;
/// Degrees from top to bottom at least: less shows no coast that anybody knows.
const LEAST: f64 = 14.0;
/// The map is so many times as wide as it is high.
const WIDE: f64 = 2.0;
/// Room around the places, as a share of what they take.
const MARGIN: f64 = 1.5;
/// Places that are shown.
const SHOWN: usize = 20;

/// What the template draws.
pub(super) struct Map {
    pub view_box: String,
    /// Degrees of longitude are narrower than those of latitude: by the cosine of the latitude in the middle.
    pub narrow: String,
    /// The land is drawn a second time, behind the date line.
    pub twice: bool,
    pub radius: String,
    /// Height of a number in a dot.
    pub letters: String,
    /// The last first, so that the first lies on top.
    pub dots: Vec<Dot>,
}

/// One place.
pub(super) struct Dot {
    /// Its number in the list beside the map; none where it is alone.
    pub number: Option<usize>,
    pub x: String,
    pub y: String,
    pub name: String,
    pub link: String,
}

/// The map of places; none without places.
pub(super) fn of(places: &[PlaceView]) -> Option<Map> {
    let places = places.get(..places.len().min(SHOWN))?;
    let from = west(places)?;
    // Degrees east, from the westernmost on, over the date line where that is shorter.
    let east = |lon: f64| if lon < from { lon + 360.0 } else { lon };
    let (left, right) = bounds(places.iter().map(|place| east(place.lon)));
    let (south, north) = bounds(places.iter().map(|place| place.lat));
    let narrow = f64::midpoint(south, north).to_radians().cos().max(0.2);
    let height =
        ((north - south) * MARGIN).max((right - left) * narrow * MARGIN / WIDE).clamp(LEAST, 180.0) * UNITS;
    let width = height * WIDE;
    let x = f64::midpoint(left, right) * narrow * UNITS - width / 2.0;
    let y = (-f64::midpoint(south, north) * UNITS - height / 2.0).clamp(-90.0 * UNITS, 90.0 * UNITS - height);
    let dot = |(n, place): (usize, &PlaceView)| Dot {
        number: (places.len() > 1).then_some(n + 1),
        x: format!("{:.1}", east(place.lon) * narrow * UNITS),
        y: format!("{:.1}", -place.lat * UNITS),
        name: place.name.clone(),
        link: place.around.clone(),
    };
    Some(Map {
        view_box: format!("{x:.1} {y:.1} {width:.1} {height:.1}"),
        narrow: format!("{narrow:.4}"),
        twice: x + width > ROUND / 2.0 * narrow,
        radius: format!("{:.1}", height / 18.0),
        letters: format!("{:.1}", height / 14.0),
        dots: places.iter().enumerate().rev().map(dot).collect(),
    })
}

fn bounds(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max))
}

/// The westernmost longitude: the one behind the widest stretch without a place.
fn west(places: &[PlaceView]) -> Option<f64> {
    let mut lons: Vec<f64> = places.iter().map(|place| place.lon).collect();
    lons.sort_by(f64::total_cmp);
    let last = lons.last()? - 360.0;
    let before = std::iter::once(last).chain(lons.iter().copied());
    let gaps = before.zip(&lons).map(|(before, lon)| (lon - before, *lon));
    gaps.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, lon)| lon)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(places: &[(f64, f64)]) -> Map {
        let place = |&(lat, lon): &(f64, f64)| PlaceView {
            name: String::new(),
            link: String::new(),
            around: String::new(),
            lat,
            lon,
        };
        of(&places.iter().map(place).collect::<Vec<_>>()).unwrap()
    }

    /// Left, top, right, bottom.
    fn frame(map: &Map) -> [f64; 4] {
        let read: Vec<f64> = map.view_box.split(' ').map(|n| n.parse().unwrap()).collect();
        [read[0], read[1], read[0] + read[2], read[1] + read[3]]
    }

    #[test]
    fn every_place_is_on_the_map() {
        assert!(of(&[]).is_none());
        for places in [
            vec![(40.4, -3.7)],
            vec![(40.4, -3.7), (41.4, 2.2), (28.1, -15.4)],
            vec![(-41.3, 174.8), (-13.8, -171.8)],
            vec![(78.2, 15.6)],
            vec![(90.0, 0.0), (-90.0, 180.0)],
            vec![(64.1, -21.9), (-33.9, 18.4), (35.7, 139.7), (-54.8, -68.3), (37.8, -122.4)],
            vec![(0.0, -180.0), (0.0, 180.0)],
        ] {
            let map = map(&places);
            let [left, top, right, bottom] = frame(&map);
            assert_eq!(map.dots.len(), places.len());
            for dot in &map.dots {
                let (x, y): (f64, f64) = (dot.x.parse().unwrap(), dot.y.parse().unwrap());
                assert!(
                    (left..=right).contains(&x) && (top..=bottom).contains(&y),
                    "{places:?}: {x} {y} {}",
                    map.view_box
                );
            }
            assert!(top >= -900.0 && bottom <= 900.0, "no map beyond the poles");
        }
    }

    #[test]
    fn it_goes_the_shorter_way_round() {
        let fiji_and_samoa = map(&[(-18.1, 178.4), (-13.8, -171.8)]);
        let [left, _, right, _] = frame(&fiji_and_samoa);
        assert!(right - left < 400.0 && fiji_and_samoa.twice, "{}", fiji_and_samoa.view_box);
        assert!(!map(&[(40.4, -3.7)]).twice);
    }

    #[test]
    fn places_are_numbered_where_there_are_several() {
        assert_eq!(map(&[(40.4, -3.7)]).dots[0].number, None);
        let numbers: Vec<_> = map(&[(40.4, -3.7), (41.4, 2.2)]).dots.iter().map(|dot| dot.number).collect();
        assert_eq!(numbers, [Some(2), Some(1)], "the first on top");
    }
}
