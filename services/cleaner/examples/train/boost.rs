//! Gradient boosting of decision trees on binned figures, for two classes; deterministic for a seed.
//!
//! Friedman, "Greedy function approximation" (2001), with second-order leaves and histograms as in LightGBM (Ke et al. 2017):
//! figures are cut into at most [`BINS`] bins, a tree grows by the leaf that gains most, and the larger of two children's
//! histograms is the parent's less the smaller's.

use std::fmt::Write as _;

/// Most bins of a figure.
const BINS: usize = 63;

/// How trees are grown.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub trees: usize,
    pub leaves: usize,
    pub rate: f32,
    /// Least rows of a leaf.
    pub rows: u32,
    /// Added to the hessian of a leaf.
    pub lambda: f32,
    /// Share of the figures, and of the pages, that a tree sees.
    pub figures: f32,
    pub pages: f32,
}

/// Rows of figures, their classes and weights.
pub struct Table {
    width: usize,
    rows: usize,
    /// By figure.
    bins: Vec<Vec<u8>>,
    /// Upper ends of the bins of each figure.
    edges: Vec<Vec<f32>>,
    class: Vec<f32>,
    weight: Vec<f32>,
    /// The group (page) of each row.
    group: Vec<u32>,
    groups: u32,
}

/// Rows on their way into a table.
#[derive(Default)]
pub struct Rows {
    pub figures: Vec<f32>,
    pub class: Vec<f32>,
    pub weight: Vec<f32>,
    pub group: Vec<u32>,
}

impl Table {
    pub fn of(rows: Rows, width: usize) -> Self {
        let count = rows.class.len();
        let columns: Vec<usize> = (0..width).collect();
        let half = width.div_ceil(2).max(1);
        let made: Vec<(Vec<u8>, Vec<f32>)> = std::thread::scope(|scope| {
            let rows = &rows;
            let tasks: Vec<_> = columns
                .chunks(half)
                .map(|some| {
                    scope.spawn(move || some.iter().map(|c| binned(rows, *c, width)).collect::<Vec<_>>())
                })
                .collect();
            tasks.into_iter().flat_map(|t| t.join().expect("a thread of the trainer")).collect()
        });
        let (bins, edges) = made.into_iter().unzip();
        let groups = rows.group.iter().max().map_or(0, |g| g + 1);
        Self {
            width,
            rows: count,
            bins,
            edges,
            class: rows.class,
            weight: rows.weight,
            group: rows.group,
            groups,
        }
    }
}

fn binned(rows: &Rows, column: usize, width: usize) -> (Vec<u8>, Vec<f32>) {
    let count = rows.class.len();
    let value = |row: usize| rows.figures[row * width + column];
    // A sample is enough for the edges.
    let step = (count / 60_000).max(1);
    let mut sample: Vec<f32> = (0..count).step_by(step).map(value).collect();
    sample.sort_by(f32::total_cmp);
    let mut distinct = sample.clone();
    distinct.dedup();
    let mut edges: Vec<f32> = if distinct.len() <= BINS {
        distinct.windows(2).map(|pair| pair[0].midpoint(pair[1])).collect()
    } else {
        let mut at: Vec<f32> = (1..BINS).map(|n| sample[n * sample.len() / BINS]).collect();
        at.dedup();
        at
    };
    edges.push(f32::INFINITY);
    let bins = (0..count)
        .map(|row| u8::try_from(edges.partition_point(|edge| *edge < value(row))).unwrap_or(u8::MAX))
        .collect();
    (bins, edges)
}

#[derive(Clone, Copy, Default)]
struct Cell {
    gradient: f32,
    hessian: f32,
    rows: u32,
}

impl Cell {
    fn less(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            hessian: self.hessian - other.hessian,
            rows: self.rows - other.rows,
        }
    }

    fn gain(self, lambda: f32) -> f32 {
        self.gradient * self.gradient / (self.hessian + lambda)
    }
}

type Histogram = Vec<[Cell; BINS + 1]>;

#[derive(Clone, Copy)]
struct Split {
    gain: f32,
    column: usize,
    bin: u8,
}

struct Leaf {
    rows: Vec<u32>,
    sum: Cell,
    histogram: Histogram,
    best: Option<Split>,
    node: usize,
}

enum Node {
    Leaf(f32),
    Inner { column: usize, bin: u8, left: usize, right: usize },
}

/// Trees, on bins.
pub struct Forest {
    trees: Vec<Vec<Node>>,
    edges: Vec<Vec<f32>>,
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn part(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }
}

/// Fits trees to a table.
pub fn fit(table: &Table, terms: &Terms, seed: u64) -> Forest {
    let mut random = Random(seed);
    let mut odds = vec![0.0f32; table.rows];
    let mut trees = Vec::with_capacity(terms.trees);
    for _ in 0..terms.trees {
        let columns: Vec<usize> = (0..table.width).filter(|_| random.part() < terms.figures).collect();
        let kept: Vec<bool> = (0..table.groups).map(|_| random.part() < terms.pages).collect();
        let slopes: Vec<(f32, f32)> = (0..table.rows)
            .map(|row| {
                let p = 1.0 / (1.0 + (-odds[row]).exp());
                (table.weight[row] * (p - table.class[row]), table.weight[row] * p * (1.0 - p))
            })
            .collect();
        let rows: Vec<u32> =
            (0..table.rows as u32).filter(|r| kept[table.group[*r as usize] as usize]).collect();
        let tree = grow(table, terms, &columns, rows, &slopes);
        for (row, odds) in odds.iter_mut().enumerate() {
            *odds += walk(&tree, |column, bin| table.bins[column][row] <= bin);
        }
        trees.push(tree);
    }
    Forest { trees, edges: table.edges.clone() }
}

fn walk(tree: &[Node], goes_left: impl Fn(usize, u8) -> bool) -> f32 {
    let mut at = 0;
    loop {
        match &tree[at] {
            Node::Leaf(value) => return *value,
            Node::Inner { column, bin, left, right } => {
                at = if goes_left(*column, *bin) { *left } else { *right }
            }
        }
    }
}

fn histogram(table: &Table, columns: &[usize], rows: &[u32], slopes: &[(f32, f32)]) -> Histogram {
    let half = columns.len().div_ceil(2).max(1);
    let one = |column: usize| {
        let mut cells = [Cell::default(); BINS + 1];
        let bins = &table.bins[column];
        for row in rows {
            let cell = &mut cells[bins[*row as usize] as usize];
            let (gradient, hessian) = slopes[*row as usize];
            cell.gradient += gradient;
            cell.hessian += hessian;
            cell.rows += 1;
        }
        cells
    };
    if rows.len() < 2_000 {
        return columns.iter().map(|c| one(*c)).collect();
    }
    std::thread::scope(|scope| {
        let tasks: Vec<_> = columns
            .chunks(half)
            .map(|some| scope.spawn(|| some.iter().map(|c| one(*c)).collect::<Histogram>()))
            .collect();
        tasks.into_iter().flat_map(|t| t.join().expect("a thread of the trainer")).collect()
    })
}

fn best(columns: &[usize], histogram: &Histogram, sum: Cell, terms: &Terms) -> Option<Split> {
    let whole = sum.gain(terms.lambda);
    let mut best: Option<Split> = None;
    for (column, cells) in columns.iter().zip(histogram) {
        let mut left = Cell::default();
        for (bin, cell) in cells.iter().enumerate().take(BINS) {
            left = Cell {
                gradient: left.gradient + cell.gradient,
                hessian: left.hessian + cell.hessian,
                rows: left.rows + cell.rows,
            };
            if cell.rows == 0 || left.rows < terms.rows {
                continue;
            }
            let right = sum.less(left);
            if right.rows < terms.rows {
                break;
            }
            let gain = left.gain(terms.lambda) + right.gain(terms.lambda) - whole;
            if gain > 1e-6 && best.is_none_or(|b| gain > b.gain) {
                best = Some(Split { gain, column: *column, bin: u8::try_from(bin).unwrap_or(u8::MAX) });
            }
        }
    }
    best
}

fn grow(table: &Table, terms: &Terms, columns: &[usize], rows: Vec<u32>, slopes: &[(f32, f32)]) -> Vec<Node> {
    let total = |rows: &[u32]| {
        rows.iter().fold(Cell::default(), |sum, row| {
            let (gradient, hessian) = slopes[*row as usize];
            Cell { gradient: sum.gradient + gradient, hessian: sum.hessian + hessian, rows: sum.rows + 1 }
        })
    };
    let value = |sum: Cell| -terms.rate * sum.gradient / (sum.hessian + terms.lambda);
    let sum = total(&rows);
    let mut nodes = vec![Node::Leaf(value(sum))];
    let first = histogram(table, columns, &rows, slopes);
    let mut leaves =
        vec![Leaf { best: best(columns, &first, sum, terms), rows, sum, histogram: first, node: 0 }];
    while leaves.len() < terms.leaves {
        let gain = |leaf: &Leaf| leaf.best.map_or(0.0, |b| b.gain);
        let Some(at) = (0..leaves.len()).max_by(|a, b| gain(&leaves[*a]).total_cmp(&gain(&leaves[*b])))
        else {
            break;
        };
        let Some(split) = leaves[at].best else { break };
        let leaf = leaves.swap_remove(at);
        let bins = &table.bins[split.column];
        let (left, right): (Vec<u32>, Vec<u32>) =
            leaf.rows.iter().partition(|row| bins[**row as usize] <= split.bin);
        let small_is_left = left.len() <= right.len();
        let small = histogram(table, columns, if small_is_left { &left } else { &right }, slopes);
        let mut large = leaf.histogram;
        for (cells, less) in large.iter_mut().zip(&small) {
            for (cell, less) in cells.iter_mut().zip(less) {
                *cell = cell.less(*less);
            }
        }
        let (of_left, of_right) = if small_is_left { (small, large) } else { (large, small) };
        let sum_left = total(&left);
        let sum_right = leaf.sum.less(sum_left);
        let (left_node, right_node) = (nodes.len(), nodes.len() + 1);
        nodes[leaf.node] =
            Node::Inner { column: split.column, bin: split.bin, left: left_node, right: right_node };
        nodes.push(Node::Leaf(value(sum_left)));
        nodes.push(Node::Leaf(value(sum_right)));
        leaves.push(Leaf {
            best: best(columns, &of_left, sum_left, terms),
            rows: left,
            sum: sum_left,
            histogram: of_left,
            node: left_node,
        });
        leaves.push(Leaf {
            best: best(columns, &of_right, sum_right, terms),
            rows: right,
            sum: sum_right,
            histogram: of_right,
            node: right_node,
        });
    }
    nodes
}

impl Forest {
    /// Log odds of a row.
    pub fn sum(&self, row: &[f32]) -> f32 {
        self.trees
            .iter()
            .map(|tree| walk(tree, |column, bin| row[column] <= self.edges[column][bin as usize]))
            .sum()
    }

    /// As text, one tree a line in preorder.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for tree in &self.trees {
            let mut stack = vec![0];
            let mut first = true;
            while let Some(at) = stack.pop() {
                if !first {
                    out.push(' ');
                }
                first = false;
                match &tree[at] {
                    Node::Leaf(value) => {
                        let _ = write!(out, "={value:.4}");
                    }
                    Node::Inner { column, bin, left, right } => {
                        let _ = write!(out, "{column}<{}", self.edges[*column][*bin as usize]);
                        stack.extend([*right, *left]);
                    }
                }
            }
            out.push('\n');
        }
        out
    }
}
