//! Rules that types cannot state: ranges, order, consistency between keys.

use std::fmt::Display;
use std::ops::RangeInclusive;

use super::error::{ConfigError, MOST_PROBLEMS, Problem};
use super::source::Source;
use super::tree::Node;

/// Collects every broken rule of a config, each told by the path of its key.
///
/// A path is written as in `student.epsilon` or `strengths[2]`; variants with one value and `Some` are looked through.
/// A rule on a key that was left to its default points at the struct that lacks it. Every method returns the list
/// again, so that rules can be chained; NaN breaks every rule on numbers.
#[derive(Debug)]
pub struct Checks<'a> {
    source: &'a Source,
    root: &'a Node,
    problems: Vec<Problem>,
    /// How many broken rules are not among them.
    unlisted: usize,
}

impl<'a> Checks<'a> {
    pub(super) fn new(source: &'a Source, root: &'a Node) -> Self {
        Self { source, root, problems: Vec::new(), unlisted: 0 }
    }

    /// The general rule: unless it holds, complains about the value at `path`; say in `rule` what is allowed and why.
    pub fn require(&mut self, path: &str, holds: bool, rule: impl Display) -> &mut Self {
        if !holds {
            self.complain(path, None, rule.to_string());
        }
        self
    }

    /// As [`require`](Self::require), for a rule that ties `path` to another key, whose value and place are named, too.
    pub fn consistent(&mut self, path: &str, other: &str, holds: bool, rule: impl Display) -> &mut Self {
        if holds {
            return self;
        }
        let other = match self.root.follow(other) {
            Ok(node) => match self.source.locate(&node.origin) {
                (_, Some((line, column))) => format!("{other} = {} at {line}:{column}", node.shown()),
                (place, None) => format!("{other} = {} from {place}", node.shown()),
            },
            Err(_) => format!("{other} by default"),
        };
        self.complain(path, None, format!("{rule} ({other})"));
        self
    }

    /// Above 0.
    pub fn positive<T: PartialOrd + Default + Display>(&mut self, path: &str, value: T) -> &mut Self {
        self.rule(path, value > T::default(), &value, "must be above 0".to_owned())
    }

    /// `value ≥ least`.
    pub fn at_least<T: PartialOrd + Display>(&mut self, path: &str, value: T, least: T) -> &mut Self {
        self.rule(path, value >= least, &value, format!("must be at least {least}"))
    }

    /// `value ≤ most`.
    pub fn at_most<T: PartialOrd + Display>(&mut self, path: &str, value: T, most: T) -> &mut Self {
        self.rule(path, value <= most, &value, format!("must be at most {most}"))
    }

    /// `value < limit`.
    pub fn below<T: PartialOrd + Display>(&mut self, path: &str, value: T, limit: T) -> &mut Self {
        self.rule(path, value < limit, &value, format!("must be below {limit}"))
    }

    /// Within a closed interval.
    pub fn in_range<T: PartialOrd + Display>(&mut self, path: &str, value: T, range: RangeInclusive<T>) -> &mut Self {
        let message = format!("must be from {} to {}", range.start(), range.end());
        self.rule(path, range.contains(&value), &value, message)
    }

    /// At least one item, and no more than anybody writes: lists multiply.
    pub fn non_empty<T>(&mut self, path: &str, items: &[T]) -> &mut Self {
        const MOST: usize = 1000;
        self.require(path, !items.is_empty(), "must have at least one item");
        self.require(path, items.len() <= MOST, format!("must have at most {MOST} items, not {}", items.len()))
    }

    /// Each item above the one before it; every item that is not is named.
    pub fn increasing<T: PartialOrd + Display>(&mut self, path: &str, items: &[T]) -> &mut Self {
        self.ordered(path, items, |before, item| before < item, "above")
    }

    /// Each item below the one before it; every item that is not is named.
    pub fn decreasing<T: PartialOrd + Display>(&mut self, path: &str, items: &[T]) -> &mut Self {
        self.ordered(path, items, |before, item| before > item, "below")
    }

    /// A rule for every item of a list; the closure is given the item's path.
    pub fn each<T>(&mut self, path: &str, items: &[T], mut rule: impl FnMut(&mut Self, &str, &T)) -> &mut Self {
        for (index, item) in items.iter().enumerate() {
            rule(self, &format!("{path}[{index}]"), item);
        }
        self
    }

    /// Whether no rule is broken so far: guards a rule that only makes sense if simpler ones hold.
    pub fn all_hold(&self) -> bool {
        self.problems.is_empty()
    }

    /// Nothing, or every broken rule in the order of the file.
    pub fn finish(self) -> Result<(), ConfigError> {
        match self.into_problems() {
            problems if problems.is_empty() => Ok(()),
            problems => Err(ConfigError::new(problems)),
        }
    }

    pub(super) fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| problem.position);
        if self.unlisted > 0 {
            let more = ConfigError::about(&self.source.name, format!("{} more broken rules", self.unlisted));
            self.problems.extend_from_slice(more.problems());
        }
        self.problems
    }

    fn ordered<T: PartialOrd + Display>(
        &mut self,
        path: &str,
        items: &[T],
        holds: impl Fn(&T, &T) -> bool,
        word: &str,
    ) -> &mut Self {
        for (index, pair) in items.windows(2).enumerate() {
            let message = format!("must be {word} the item before it, {}", pair[0]);
            self.rule(&format!("{path}[{}]", index + 1), holds(&pair[0], &pair[1]), &pair[1], message);
        }
        self
    }

    fn rule(&mut self, path: &str, holds: bool, value: &dyn Display, message: String) -> &mut Self {
        if !holds {
            self.complain(path, Some(value), message);
        }
        self
    }

    fn complain(&mut self, path: &str, value: Option<&dyn Display>, message: String) {
        if self.problems.len() == MOST_PROBLEMS {
            self.unlisted += 1;
            return;
        }
        let (origin, value, message) = match self.root.follow(path) {
            Ok(node) => (&node.origin, Some(node.shown()), message),
            Err(node) => (&node.origin, value.map(|it| format!("{it} (not given)")), message),
        };
        let (place, position) = self.source.locate(origin);
        self.problems.push(Problem { place, position, path: path.to_owned(), value, message });
    }
}
