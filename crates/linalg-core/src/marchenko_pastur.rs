//! The Marchenko-Pastur law of the singular values of a noise matrix.

use crate::LinalgError;
use crate::gauss_legendre::{HALF_NODES, HALF_WEIGHTS, PanelTail};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// Asymptotic law of the nonzero singular values of a rows × columns matrix of independent entries of one variance.
///
/// With ν the entry variance, κ = √(ν · columns) and A = rows / columns, the min(rows, columns) singular values y =
/// κx have the density
///
/// ```text
/// f(x) = √(4A − (x² − 1 − A)²) / (π min(1, A) x),  |1 − √A| ≤ x ≤ 1 + √A,
/// ```
///
/// of mass 1 (Marchenko & Pastur 1967, in the form of Benaych-Georges & Nadakuditi 2012). Any aspect ratio A > 0 is
/// allowed. The law does not change when the matrix is transposed, so it is kept in the symmetric form
///
/// ```text
/// y = K √((1−a)² + 4a cos²h),  0 ≤ h ≤ π/2,  dμ = 16 sin²h cos²h / (π ((1−a)² + 4a cos²h)) dh,
/// ```
///
/// with K = √(ν · max(rows, columns)) and a = √(min(A, 1/A)) ≤ 1. The half angle h runs from the largest value (h =
/// 0) to the smallest (h = π/2); both edges are smooth in it, which is why Gauss panels in h converge exponentially.
///
/// Accuracy, as tested for 1e-3 ≤ A ≤ 1e3: 1e-13 relative in density and quantiles, 2e-13 absolute in the cumulative
/// distribution, 1e-12 of the integrand's size in integrals. For more extreme aspect ratios the cumulative
/// distribution is good to about 1e-16/a.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarchenkoPastur {
    /// κ = √(ν · columns).
    kappa: f64,
    /// A = rows / columns.
    aspect_ratio: f64,
    /// K = √(ν · max(rows, columns)).
    scale: f64,
    /// a = √(min(A, 1/A)).
    shape: f64,
    /// 1 − a, free of cancellation for nearly square matrices.
    shape_gap: f64,
}

/// A part of the bulk, by the fraction of singular values it holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BulkPart {
    /// The whole bulk.
    All,
    /// The largest values: the given fraction of them.
    Top(f64),
    /// What [`BulkPart::Top`] of the same fraction leaves.
    Rest(f64),
}

/// Where a part of one law's bulk lies, found once for many integrals over it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BulkRange {
    /// Half angles.
    low: f64,
    high: f64,
}

impl BulkRange {
    /// φ/2 at its lower end, of x² = 1 + A + 2√A cos φ: π/2 for the whole bulk.
    pub fn half_angle(&self) -> f64 {
        self.high
    }
}

/// A place where the integrand changes fast, in units of the singular value.
///
/// The integrand must be analytic within about π `width` of `position` in the complex plane (a logistic step
/// 1/(1 + exp(−(y − position)/width)) is the model) and vary on the scale of its distance from there elsewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Front {
    /// Singular value at which the integrand changes fastest; may lie outside the bulk.
    pub position: f64,
    /// Width of the change.
    pub width: f64,
}

/// A node of the integrals over the bulk, x² = 1 + A + 2√A cos φ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BulkNode {
    /// The singular value y = κx.
    pub value: f64,
    /// The node's weight in ∫ … dμ, of which the whole bulk has 1.
    pub mass: f64,
    /// The node's weight in ∫ … dφ/π, of which the whole bulk has 1.
    pub angle: f64,
    /// sin²(φ/2): 0 at the upper edge, 1 at the lower one.
    pub squared_sine: f64,
}

/// The integrals over one panel of half angles and estimates of their errors.
struct Panel<const N: usize> {
    start: f64,
    end: f64,
    sums: [f64; N],
    errors: [f64; N],
}

/// The error of one panel, relative to the whole integral, at which it is left as it is.
const PANEL_ERROR: f64 = 1e-13;

/// How often a panel is halved at most.
const HALVINGS: usize = 24;

impl MarchenkoPastur {
    /// The law of a `rows` × `columns` matrix with entries of variance `entry_variance`.
    ///
    /// # Errors
    /// If a size is zero or the variance is not positive and finite.
    pub fn new(rows: usize, columns: usize, entry_variance: f64) -> Result<Self, LinalgError> {
        let rows = positive("rows", rows as f64)?;
        let columns = positive("columns", columns as f64)?;
        let kappa = (positive("entry_variance", entry_variance)? * columns).sqrt();
        Ok(Self::from_ratio(rows / columns, kappa, (rows - columns).abs() / rows.max(columns)))
    }

    /// The law with aspect ratio A = rows / columns and scale κ = √(entry variance · columns).
    ///
    /// # Errors
    /// If either is not positive and finite.
    pub fn from_aspect_ratio(aspect_ratio: f64, kappa: f64) -> Result<Self, LinalgError> {
        let ratio = positive("aspect_ratio", aspect_ratio)?;
        Ok(Self::from_ratio(ratio, positive("kappa", kappa)?, (1.0 - ratio).abs() / ratio.max(1.0)))
    }

    /// `squared_gap` is 1 − a².
    fn from_ratio(aspect_ratio: f64, kappa: f64, squared_gap: f64) -> Self {
        let shape = aspect_ratio.min(aspect_ratio.recip()).sqrt();
        Self {
            kappa,
            aspect_ratio,
            scale: kappa * aspect_ratio.max(1.0).sqrt(),
            shape,
            shape_gap: squared_gap / (1.0 + shape),
        }
    }

    /// A = rows / columns.
    pub fn aspect_ratio(&self) -> f64 {
        self.aspect_ratio
    }

    /// κ = √(entry variance · columns).
    pub fn kappa(&self) -> f64 {
        self.kappa
    }

    /// The smallest value of the bulk, κ |1 − √A|.
    pub fn lower_edge(&self) -> f64 {
        self.scale * self.shape_gap
    }

    /// The largest value of the bulk, κ (1 + √A).
    pub fn upper_edge(&self) -> f64 {
        self.scale * (1.0 + self.shape)
    }

    /// Mean of the squared singular values: κ² max(1, A) exactly, since the entries' squares sum to rows · columns · ν.
    pub fn mean_square(&self) -> f64 {
        self.scale * self.scale
    }

    /// Mean of y^`order` over the bulk, by quadrature; `moment(1)` is the mean singular value.
    pub fn moment(&self, order: u32) -> f64 {
        let order = i32::try_from(order).unwrap_or(i32::MAX);
        let [moment] = self.integrals(BulkPart::All, None, |value| [(value / self.scale).powi(order)]);
        moment * self.scale.powi(order)
    }

    /// Probability density of the singular values at `value`; zero outside the bulk.
    pub fn density(&self, value: f64) -> f64 {
        let x = value / self.scale;
        let (above, below) = self.squared_distances(x);
        if above <= 0.0 || below <= 0.0 || x <= 0.0 {
            // At the hard edge of a square matrix (x = 0) the density is finite: 1/(πκ) √4.
            return if self.shape_gap == 0.0 && value == 0.0 { 2.0 / (PI * self.scale) } else { 0.0 };
        }
        (above * below).sqrt() / (PI * self.shape * self.shape * x * self.scale)
    }

    /// Fraction of the singular values at or below `value`.
    pub fn cdf(&self, value: f64) -> f64 {
        1.0 - self.fraction_above(value)
    }

    /// Fraction of the singular values above `value`.
    pub fn fraction_above(&self, value: f64) -> f64 {
        self.mass_to(self.half_angle(value))
    }

    /// The value above which `top_fraction` of the bulk lies: the upper edge for 0, the lower edge for 1.
    ///
    /// # Panics
    /// If `top_fraction` lies outside [0, 1].
    pub fn upper_quantile(&self, top_fraction: f64) -> f64 {
        self.value_at(self.quantile_angle(top_fraction))
    }

    /// The median singular value.
    pub fn median(&self) -> f64 {
        self.upper_quantile(0.5)
    }

    /// Integral ∫ f(y) dμ(y) over a part of the bulk, with the whole bulk's mass 1.
    ///
    /// See [`MarchenkoPastur::integrals`] for accuracy and the meaning of `front`.
    pub fn integral(&self, part: BulkPart, front: Option<Front>, mut integrand: impl FnMut(f64) -> f64) -> f64 {
        self.integrals(part, front, |value| [integrand(value)])[0]
    }

    /// Several integrals ∫ fᵢ(y) dμ(y) over a part of the bulk, on common nodes.
    ///
    /// Panels of sixteen Gauss-Legendre nodes in the half angle h, graded by factors of four away from the front, and
    /// away from the lower edge where a nearly square matrix has a layer of width 1 − a. Panels on which the integrand's
    /// Legendre coefficients do not fall fast enough are halved until they do. For integrands that are smooth on the scale of the
    /// bulk except at `front` the error is below 1e-12 of the integrand's largest size.
    ///
    /// # Panics
    /// If the fraction of `part` lies outside [0, 1].
    pub fn integrals<const N: usize>(
        &self,
        part: BulkPart,
        front: Option<Front>,
        integrand: impl FnMut(f64) -> [f64; N],
    ) -> [f64; N] {
        self.integrals_over(self.range(part), front, integrand)
    }

    /// Where a part of this law's bulk lies. Finding the end of a fraction costs about as much as a smooth integral.
    ///
    /// # Panics
    /// If the fraction of `part` lies outside [0, 1].
    pub fn range(&self, part: BulkPart) -> BulkRange {
        let (low, high) = match part {
            BulkPart::All => (0.0, FRAC_PI_2),
            BulkPart::Top(fraction) => (0.0, self.quantile_angle(fraction)),
            BulkPart::Rest(fraction) => (self.quantile_angle(fraction), FRAC_PI_2),
        };
        BulkRange { low, high }
    }

    /// [`MarchenkoPastur::integrals`] over a range of this same law.
    pub fn integrals_over<const N: usize>(
        &self,
        range: BulkRange,
        front: Option<Front>,
        mut integrand: impl FnMut(f64) -> [f64; N],
    ) -> [f64; N] {
        self.sums_over(range, front.as_slice(), |node| integrand(node.value).map(|value| node.mass * value))
    }

    /// The same for what is no function times the law, with any number of places where it changes fast: sums over nodes, whose weights
    /// the `summand` applies itself.
    pub fn sums_over<const N: usize>(
        &self,
        range: BulkRange,
        fronts: &[Front],
        mut summand: impl FnMut(BulkNode) -> [f64; N],
    ) -> [f64; N] {
        let mut sums = [0.0; N];
        let mut start = range.low;
        let ends = self.panel_ends(range.low, range.high, fronts);
        let mut panels = Vec::with_capacity(ends.len());
        for end in ends {
            let before = sums;
            let errors = self.add_panel(start, end, &mut summand, &mut sums);
            panels.push(Panel { start, end, sums: std::array::from_fn(|n| sums[n] - before[n]), errors });
            start = end;
        }
        let size = |n: usize| panels.iter().map(|panel: &Panel<N>| panel.sums[n].abs()).sum::<f64>();
        let allowed = std::array::from_fn(|n| PANEL_ERROR * size(n));
        for panel in panels {
            self.refine(panel, &allowed, HALVINGS, &mut summand, &mut sums);
        }
        sums
    }

    /// Replaces a panel's part of `sums` by that of its halves, as long as its errors are above what is allowed.
    fn refine<const N: usize>(
        &self,
        panel: Panel<N>,
        allowed: &[f64; N],
        halvings: usize,
        summand: &mut impl FnMut(BulkNode) -> [f64; N],
        sums: &mut [f64; N],
    ) {
        let is_rough = panel.errors.iter().zip(allowed).any(|(error, allowed)| error > allowed);
        if halvings == 0 || !is_rough {
            return;
        }
        let middle = 0.5 * (panel.start + panel.end);
        let halves = [(panel.start, middle), (middle, panel.end)].map(|(start, end)| {
            let mut sums = [0.0; N];
            let errors = self.add_panel(start, end, summand, &mut sums);
            Panel { start, end, sums, errors }
        });
        for (n, sum) in sums.iter_mut().enumerate() {
            *sum += halves[0].sums[n] + halves[1].sums[n] - panel.sums[n];
        }
        for half in halves {
            self.refine(half, allowed, halvings - 1, summand, sums);
        }
    }

    /// Adds the integrals over half angles [`start`, `end`], taking the nodes in pairs about the centre to halve the
    /// sines, and returns estimates of their errors.
    fn add_panel<const N: usize>(
        &self,
        start: f64,
        end: f64,
        summand: &mut impl FnMut(BulkNode) -> [f64; N],
        sums: &mut [f64; N],
    ) -> [f64; N] {
        let mut tails = [PanelTail::default(); N];
        let half_length = 0.5 * (end - start);
        let (sin_centre, cos_centre) = (0.5 * (start + end)).sin_cos();
        let squared_gap = self.shape_gap * self.shape_gap;
        for (i, (node, weight)) in HALF_NODES.iter().zip(HALF_WEIGHTS).enumerate() {
            let (sin_step, cos_step) = (half_length * node).sin_cos();
            let [below, above] = [-sin_step, sin_step].map(|side| {
                let sin = sin_centre * cos_step + cos_centre * side;
                let cos = cos_centre * cos_step - sin_centre * side;
                let squared_value = squared_gap + 4.0 * self.shape * cos * cos;
                if squared_value <= 0.0 {
                    return [0.0; N];
                }
                summand(BulkNode {
                    value: self.scale * squared_value.sqrt(),
                    mass: half_length * weight * 16.0 / PI * (sin * cos).powi(2) / squared_value,
                    angle: half_length * weight * 2.0 / PI,
                    squared_sine: sin * sin,
                })
            });
            for n in 0..N {
                sums[n] += below[n];
                sums[n] += above[n];
                tails[n].add(i, below[n], above[n]);
            }
        }
        tails.map(|tail| tail.error())
    }

    /// Ends of the panels of [`low`, `high`], in increasing order, the last one being `high`.
    fn panel_ends(&self, low: f64, high: f64, fronts: &[Front]) -> Vec<f64> {
        const GRADING: f64 = 4.0;
        let mut breaks = Vec::with_capacity(64);
        let mut grade = |centre: f64, first: f64| {
            let mut distance = first.max(1e-12);
            while distance < FRAC_PI_2 {
                breaks.extend([centre - distance, centre + distance]);
                distance *= GRADING;
            }
        };
        // √((1−a)² + 4a cos²h) branches at h = π/2 ± i (1−a)/(2√a).
        grade(FRAC_PI_2, self.shape_gap / self.shape.sqrt());
        for &Front { position, width } in fronts {
            let inside = position.clamp(self.lower_edge(), self.upper_edge());
            // A front outside the bulk is felt at its edge, widened by its distance (see `Front` for the factor π).
            let felt_width = width + 0.5 * (position - inside).abs();
            // |dy/dh| ≤ 2Ka, so the singularity is at least π/2 of this away in h.
            grade(self.half_angle(inside), felt_width / (self.scale * self.shape));
        }
        breaks.retain(|end| *end > low && *end < high);
        breaks.push(high);
        breaks.sort_unstable_by(f64::total_cmp);
        split_long(low, &breaks)
    }

    /// Half angle of a value, 0 above the bulk and π/2 below it.
    fn half_angle(&self, value: f64) -> f64 {
        let (above, below) = self.squared_distances(value.max(0.0) / self.scale);
        above.max(0.0).sqrt().atan2(below.max(0.0).sqrt())
    }

    /// (1+a)² − x² = 4a sin²h and x² − (1−a)² = 4a cos²h, as products.
    fn squared_distances(&self, x: f64) -> (f64, f64) {
        let upper = 1.0 + self.shape;
        ((upper - x) * (upper + x), (x - self.shape_gap) * (x + self.shape_gap))
    }

    fn value_at(&self, half_angle: f64) -> f64 {
        self.scale * self.shape_gap.hypot(2.0 * self.shape.sqrt() * half_angle.cos())
    }

    /// Mass of the half angles [0, h]:
    /// (1/(π a²)) [ a² φ − a sin φ + (1−a²) arctan(a sin φ / (1 + a cos φ)) ], φ = 2h.
    fn mass_to(&self, half_angle: f64) -> f64 {
        if half_angle >= FRAC_PI_2 {
            return 1.0;
        }
        let a = self.shape;
        let angle = 2.0 * half_angle;
        let sin = angle.sin();
        // 1 + a cos φ = (1−a) + 2a cos²h keeps its digits where a nearly square matrix has its lower edge.
        let denominator = self.shape_gap + a * 2.0 * half_angle.cos().powi(2);
        let turn = (a * sin).atan2(denominator);
        let squared_gap = self.shape_gap * (1.0 + a);
        ((a * a * angle - a * sin + squared_gap * turn) / (PI * a * a)).clamp(0.0, 1.0)
    }

    /// Density of the mass in the half angle.
    fn mass_slope(&self, half_angle: f64) -> f64 {
        let (sin, cos) = half_angle.sin_cos();
        let squared_value = self.shape_gap * self.shape_gap + 4.0 * self.shape * cos * cos;
        16.0 / PI * (sin * cos).powi(2) / squared_value
    }

    /// Half angle up to which the given mass lies: Newton steps inside a shrinking bracket.
    fn quantile_angle(&self, top_fraction: f64) -> f64 {
        assert!((0.0..=1.0).contains(&top_fraction), "top fraction {top_fraction} must lie in [0, 1]");
        if top_fraction == 0.0 || top_fraction == 1.0 {
            return top_fraction * FRAC_PI_2;
        }
        let (mut low, mut high) = (0.0, FRAC_PI_2);
        let mut angle = FRAC_PI_4;
        for _ in 0..200 {
            let excess = self.mass_to(angle) - top_fraction;
            if excess > 0.0 {
                high = angle;
            } else {
                low = angle;
            }
            let newton = angle - excess / self.mass_slope(angle);
            let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
            if (next - angle).abs() <= 1e-16 + 2e-16 * angle {
                return next;
            }
            angle = next;
        }
        angle
    }
}

/// Cuts every panel longer than π/4 into equal parts.
fn split_long(low: f64, ends: &[f64]) -> Vec<f64> {
    let mut split = Vec::with_capacity(ends.len() + 2);
    let mut start = low;
    for &end in ends {
        let parts = ((end - start) / FRAC_PI_4).ceil().max(1.0);
        split.extend((1..parts as usize).map(|part| start + (end - start) * part as f64 / parts));
        split.push(end);
        start = end;
    }
    split
}

fn positive(parameter: &'static str, value: f64) -> Result<f64, LinalgError> {
    if value > 0.0 && value.is_finite() {
        Ok(value)
    } else {
        Err(LinalgError::OutOfDomain { parameter, value, allowed: "positive and finite" })
    }
}
