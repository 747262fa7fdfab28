//! Boosted decision trees as text: one tree a line, its nodes in preorder: `feature<threshold` goes left where the figure is
//! at most the threshold, `=value` is a leaf in log odds.

const LEAF: u16 = u16::MAX;

#[derive(Clone, Copy)]
struct Node {
    feature: u16,
    /// Where the right branch starts; the left one follows the node.
    right: u16,
    value: f32,
}

struct Tree(Vec<Node>);

/// Trees whose leaves add up.
#[derive(Default)]
pub struct Trees(Vec<Tree>);

impl Trees {
    /// From their text; lines that open with `#` are remarks.
    pub fn parse(text: &str) -> Self {
        Self(text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).map(tree).collect())
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Log odds of a row.
    pub fn sum(&self, row: &[f32]) -> f32 {
        self.0.iter().map(|tree| tree.value(row)).sum()
    }

    /// Log odds of a row, which is given up on where the sum lies below `hopeless` after the first so many trees.
    pub(super) fn sum_unless(&self, row: &[f32], first: usize, hopeless: f32) -> f32 {
        let mut sum = 0.0;
        for (at, tree) in self.0.iter().enumerate() {
            sum += tree.value(row);
            if at == first && sum < hopeless {
                break;
            }
        }
        sum
    }
}

fn tree(line: &str) -> Tree {
    let mut nodes = Vec::new();
    // Nodes whose right branch has not started yet.
    let mut waiting: Vec<usize> = Vec::new();
    let mut after_leaf = false;
    for token in line.split(' ') {
        if after_leaf && let Some(parent) = waiting.pop() {
            let right = u16::try_from(nodes.len()).unwrap_or(0);
            if let Some(node) = nodes.get_mut(parent) {
                let node: &mut Node = node;
                node.right = right;
            }
        }
        if let Some((feature, threshold)) = token.split_once('<') {
            waiting.push(nodes.len());
            let feature = feature.parse().unwrap_or(LEAF);
            nodes.push(Node { feature, right: 0, value: threshold.parse().unwrap_or(0.0) });
            after_leaf = false;
        } else {
            let value = token.trim_start_matches('=').parse().unwrap_or(0.0);
            nodes.push(Node { feature: LEAF, right: 0, value });
            after_leaf = true;
        }
    }
    Tree(nodes)
}

impl Tree {
    fn value(&self, row: &[f32]) -> f32 {
        let mut at = 0usize;
        while let Some(node) = self.0.get(at) {
            if node.feature == LEAF {
                return node.value;
            }
            let left = row.get(usize::from(node.feature)).is_none_or(|figure| *figure <= node.value);
            at = if left { at + 1 } else { usize::from(node.right) };
        }
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_and_walked() {
        let tree = tree("0<1.5 1<0 =-1 =2 =3");
        assert_eq!(tree.value(&[1.0, 0.0]), -1.0);
        assert_eq!(tree.value(&[1.0, 1.0]), 2.0);
        assert_eq!(tree.value(&[2.0, 0.0]), 3.0);
    }

    #[test]
    fn every_tree_is_whole() {
        let first = Trees::parse(include_str!("first.txt"));
        let second = Trees::parse(include_str!("second.txt"));
        assert!(first.0.len() >= 20 && second.0.len() >= 20);
        let width = super::super::super::facts::WIDTH;
        let both = first.0.iter().map(|t| (t, width));
        for (tree, width) in both.chain(second.0.iter().map(|t| (t, width + super::super::around::WIDTH))) {
            let inner = tree.0.iter().filter(|n| n.feature != LEAF).count();
            assert_eq!(tree.0.len(), 2 * inner + 1);
            assert!(tree.0.iter().all(|n| n.feature == LEAF || usize::from(n.feature) < width));
            assert!(tree.0.iter().all(|n| usize::from(n.right) < tree.0.len()));
        }
    }
}
