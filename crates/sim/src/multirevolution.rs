//! Many epochs from two: gradient descent in jumps.
//!
//! Full-batch gradient descent is a difference equation, x_{m+1} = x_m + F(x_m) with F = −λ∇(loss). Where its increments
//! change slowly, their sum over many epochs follows from a few of them: if p is the polynomial in m through increments
//! known at the epochs t_1, …, t_k, then
//!
//! ```text
//! x_{n+N} = x_n + Σ_{m=n}^{n+N−1} F(x_m) ≈ x_n + Σ_{m=n}^{n+N−1} p(m).
//! ```
//!
//! These are the methods of Adams with sums in the place of integrals, known from satellite orbits as multirevolution
//! methods (Graff and Bettis, Celestial Mechanics 11, 443 (1975); of Runge-Kutta type: Calvo, Jay, Montijano and
//! Rández, Numerische Mathematik 97, 635 (2004)). What they reproduce is the sequence of iterates with step λ itself,
//! **not** the gradient flow: the order conditions are Σⱼ wⱼ (tⱼ − n)^d = Σ_{m<N} m^d for d = 0, …, k − 1, whose right
//! side is N^{d+1}/(d+1) for the flow. For N = 1 a jump is the epoch itself, without error.
//!
//! # One jump
//!
//! Predict with the k latest increments; evaluate F there; correct with the polynomial through that increment as well;
//! evaluate F at the result, where the errors are measured and the next jump starts (PECE with local extrapolation).
//! The prediction misses F at the end by D = F − p(n + N), and the corrected value is x + g_k D. The local error is
//! estimated as |g_k − g_{k−1}| ‖D‖, that of the result without the extrapolation, from which k ± 1 and the length of the
//! next jump follow (Shampine and Gordon, Computer Solution of Ordinary Differential Equations, 1975). Beside two epochs
//! a jump costs about 2k sweeps over all weights.
//!
//! # Accuracy
//!
//! The tolerance for ‖local error‖ (Frobenius norm of all weights) is relative to the start: an error η of the weights on
//! the first plateau shifts the time of growth as another start would, and a relative error of a mode has grown by
//! (1/ε)^{1−2/L} when the mode saturates. See [`Multirevolution::tolerance`]. Against runs epoch by epoch, errors then
//! agree to about 1e-10 of themselves (`tests/jumps_against_epochs.rs`).
//!
//! # Where it pays
//!
//! Explicit methods are stable for N·(largest rate) up to 2.4 at k = 2 and 0.3 at k = 9. The largest rate is
//! λLŝ₁^{2−2/L}g² once the strongest mode has been learned: jumps of 50 epochs at 0.01, none that pay above 0.5. Where
//! they do not pay, epochs are taken one by one for a while.

mod coefficients;
mod combination;
mod gauss_sum;

use crate::Student;
use crate::kernel::Dense;
use coefficients::Coefficients;
use combination::{add_combination, add_miss};
use std::collections::VecDeque;
use std::ops::RangeInclusive;

/// Most increments that a polynomial goes through before the jump.
const MOST_POINTS: usize = 9;
/// Epochs taken one by one before the first jump.
const FIRST_EPOCHS: usize = 6;
/// The shortest jump: two evaluations for fewer epochs gain nothing.
const SHORTEST: u64 = 3;
/// Jumps after a rejected one during which they do not grow: at the limit of stability every growth is rejected again.
const HOLD: u32 = 10;

/// The running gain of jumps before any was made: enough to try them.
const HOPEFUL_GAIN: f64 = 10.0;
/// Epochs for each evaluation, on average over some ten jumps, below which jumps do not pay.
const PAYS: f64 = 1.4;

/// Number of increments that a polynomial goes through, k.
type Order = usize;

/// A student whose update is a smooth function of its weights, so that several epochs can be taken at once.
pub(crate) trait SmoothStudent: Student {
    /// All that an update changes.
    fn layers(&self) -> &[Dense<f64>];

    /// The same, to be moved.
    fn layers_mut(&mut self) -> &mut [Dense<f64>];

    /// By how much the next update would move each layer. Only after [`Student::measure`].
    fn increments_to(&mut self, target: &mut [Dense<f64>]);
}

/// The weights of a student at an epoch.
pub(crate) struct Waypoint {
    pub(crate) epoch: u64,
    pub(crate) layers: Vec<Dense<f64>>,
}

impl Waypoint {
    /// Where `student` is.
    pub(crate) fn of(student: &dyn SmoothStudent, epoch: u64) -> Self {
        Self { epoch, layers: student.layers().to_vec() }
    }

    /// The same, into the room there is.
    fn set(&mut self, student: &dyn SmoothStudent, epoch: u64) {
        self.epoch = epoch;
        copy(&mut self.layers, student.layers());
    }

    /// Takes `student` back there.
    pub(crate) fn restore(&self, student: &mut dyn SmoothStudent) {
        copy(student.layers_mut(), &self.layers);
    }
}

/// Takes a student from epoch to epoch in jumps.
pub(crate) struct Multirevolution {
    tolerance: f64,
    /// Epochs and increments, latest first.
    known: VecDeque<Waypoint>,
    /// Buffers of the student's shapes.
    spare: Vec<Vec<Dense<f64>>>,
    /// Where the last two jumps began, the last one first.
    trail: [Waypoint; 2],
    order: Order,
    /// Length wanted for the next jump.
    length: f64,
    hold: u32,
    /// Running mean of epochs for each evaluation.
    gain: f64,
}

/// What the prediction's miss says.
struct Judgement {
    accepted: bool,
    order: Order,
    length: f64,
}

impl Multirevolution {
    /// Starts with the weights that `student` has.
    pub(crate) fn new(student: &dyn SmoothStudent, tolerance: f64) -> Self {
        Self {
            tolerance,
            known: VecDeque::new(),
            spare: Vec::new(),
            trail: [Waypoint::of(student, 0), Waypoint::of(student, 0)],
            order: 1,
            length: 1.0,
            hold: 0,
            gain: HOPEFUL_GAIN,
        }
    }

    /// 1e-11 (1/ε)^{−(1−2/L)} of the norm of the weights at the start, between 1e-14, what rounding of increments leaves
    /// of high differences, and 1e-13.
    pub(crate) fn tolerance(start: &[Dense<f64>], epsilon: f64) -> f64 {
        let squares = start.iter().flat_map(|layer| layer.entries().iter().map(|x| x * x));
        let norm = squares.sum::<f64>().sqrt();
        let growth = epsilon.powf(1.0 - 2.0 / start.len() as f64).min(1.0);
        (1e-11 * growth * norm).clamp(1e-14, 1e-13)
    }

    /// Forgets all increments: after epochs that were taken otherwise.
    pub(crate) fn restart(&mut self) {
        self.spare.extend(self.known.drain(..).map(|known| known.layers));
        (self.order, self.length, self.hold, self.gain) = (1, 1.0, 0, HOPEFUL_GAIN);
    }

    /// Whether jumps have been long enough of late.
    pub(crate) fn pays(&self) -> bool {
        self.known.len() < FIRST_EPOCHS || self.gain >= PAYS
    }

    /// Where the last jump began, and the one before.
    pub(crate) fn trail(&self) -> &[Waypoint; 2] {
        &self.trail
    }

    /// Notes the increments at `epoch`, where `student` has just been measured.
    pub(crate) fn note(&mut self, student: &mut dyn SmoothStudent, epoch: u64) {
        let full = self.known.len() == MOST_POINTS;
        let oldest = if full { self.known.pop_back().map(|known| known.layers) } else { None };
        let mut layers = oldest.unwrap_or_else(|| self.buffer(student));
        student.increments_to(&mut layers);
        self.known.push_front(Waypoint { epoch, layers });
    }

    /// Moves `student` from `epoch`, the latest noted one, by at most `most` epochs; by how many.
    pub(crate) fn advance(&mut self, student: &mut dyn SmoothStudent, epoch: u64, most: u64) -> u64 {
        self.trail.swap(0, 1);
        self.trail[0].set(student, epoch);
        let mut evaluations = 1.0;
        let mut length = even_share(most, self.length);
        while length >= SHORTEST {
            evaluations += 1.0;
            if self.attempt(student, epoch, length) {
                break;
            }
            length = even_share(most, self.length);
        }
        if length < SHORTEST {
            length = 1;
            self.single(student);
        }
        self.gain += 0.1 * (length as f64 / evaluations - self.gain);
        length
    }

    /// One epoch.
    fn single(&mut self, student: &mut dyn SmoothStudent) {
        let mut one = [0.0; MOST_POINTS];
        one[0] = 1.0;
        add_combination(student.layers_mut(), &one, &[&self.known[0].layers]);
        if self.known.len() >= FIRST_EPOCHS {
            self.order = self.order.max(FIRST_EPOCHS.min(self.order + 1));
            self.length = self.length.max(SHORTEST as f64 + 1.0);
        } else {
            self.order = self.known.len();
        }
    }

    /// A jump, undone if its error is too large.
    fn attempt(&mut self, student: &mut dyn SmoothStudent, epoch: u64, length: u64) -> bool {
        let order = self.order.min(self.known.len());
        let highest = (order + 1).min(self.known.len());
        let orders = order.saturating_sub(1).max(1)..=highest;
        let past = self.known.iter().map(|known| known.epoch as f64 - epoch as f64);
        let coefficients = Coefficients::new(past.collect(), length, highest);
        let mut miss = self.buffer(student);
        let terms: Vec<&[Dense<f64>]> = self.known.iter().map(|known| &known.layers[..]).take(highest).collect();
        add_combination(student.layers_mut(), &coefficients.predictor(order), &terms[..order]);
        student.measure();
        student.increments_to(&mut miss);
        let squares = add_miss(&mut miss, &coefficients.miss(&orders, order), &terms);
        let judgement = self.judge(&coefficients, &orders, order, squares.map(f64::sqrt), length as f64);
        if judgement.accepted {
            let mut factor = [0.0; MOST_POINTS];
            factor[0] = coefficients.corrector(order);
            add_combination(student.layers_mut(), &factor, &[&miss]);
        } else {
            self.trail[0].restore(student);
        }
        self.spare.push(miss);
        self.adapt(judgement, order, length as f64)
    }

    /// Errors and the lengths that the tolerance would allow, for the order of the jump and its neighbours.
    fn judge(
        &self,
        coefficients: &Coefficients,
        orders: &RangeInclusive<Order>,
        order: Order,
        misses: [f64; 3],
        length: f64,
    ) -> Judgement {
        let mut best = Judgement { accepted: false, order, length: 0.0 };
        for k in orders.clone() {
            let gap = (coefficients.corrector(k) - coefficients.corrector(k - 1)).abs();
            let error = gap * misses[k + 1 - order];
            if k == order {
                best.accepted = error <= self.tolerance;
            }
            // Half the tolerance, and a tenth less for the order of which least is known.
            let margin = if k > order { 0.9 } else { 1.0 };
            let allowed = margin * length * (0.5 * self.tolerance / error).powf(1.0 / (k as f64 + 1.0));
            if allowed > best.length {
                (best.order, best.length) = (k, allowed);
            }
        }
        best
    }

    fn adapt(&mut self, judgement: Judgement, order: Order, length: f64) -> bool {
        if judgement.accepted {
            self.hold = self.hold.saturating_sub(1);
            let most = if self.hold > 0 { self.length.max(length) } else { 2.0 * length };
            (self.order, self.length) = (judgement.order, judgement.length.min(most));
        } else {
            self.hold = HOLD;
            (self.order, self.length) = (judgement.order.min(order), judgement.length.min(0.5 * length));
        }
        judgement.accepted
    }

    fn buffer(&mut self, student: &dyn SmoothStudent) -> Vec<Dense<f64>> {
        let zeros = |layer: &Dense<f64>| Dense::zeros(layer.rows(), layer.cols());
        self.spare.pop().unwrap_or_else(|| student.layers().iter().map(zeros).collect())
    }
}

/// The length of the first of several jumps of about equal lengths, none above `wanted`, that make up `most`.
fn even_share(most: u64, wanted: f64) -> u64 {
    let jumps = (most as f64 / wanted.max(1.0)).ceil().max(1.0);
    (most as f64 / jumps).round().max(1.0) as u64
}

fn copy(target: &mut [Dense<f64>], source: &[Dense<f64>]) {
    for (target, source) in target.iter_mut().zip(source) {
        target.entries_mut().copy_from_slice(source.entries());
    }
}

#[cfg(test)]
mod tests;
