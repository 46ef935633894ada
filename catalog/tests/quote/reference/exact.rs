//! Exact numbers. Nothing here is quick, and nothing loses a fraction unless it says so.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};

/// A rational number of minor units, of grams, of anything.
pub type Exact = BigRational;

/// An integer.
pub fn whole(number: impl Into<BigInt>) -> Exact {
    Exact::from_integer(number.into())
}

/// The fraction that so many basis points are.
pub fn fraction(basis_points: u32) -> Exact {
    Exact::new(basis_points.into(), 10_000.into())
}

/// Nothing.
pub fn zero() -> Exact {
    Exact::zero()
}

/// To the nearest integer, halves away from zero; none of our amounts is below zero.
pub fn rounded(number: &Exact) -> Exact {
    assert!(*number >= zero(), "amounts are not negative");
    (number + Exact::new(1.into(), 2.into())).floor()
}

/// The sum.
pub fn sum<'a>(numbers: impl IntoIterator<Item = &'a Exact>) -> Exact {
    numbers.into_iter().fold(zero(), |sum, number| sum + number)
}

/// The lesser of two.
pub fn lesser(a: Exact, b: Exact) -> Exact {
    if b < a { b } else { a }
}

/// Spreads a whole amount in proportion to weights: everyone gets the whole part of what is due to them, and what is left
/// goes, one by one, to whoever is furthest from it; of equals to the first. Without any weight nobody gets anything.
pub fn largest_remainder(amount: &Exact, weights: &[Exact]) -> Vec<Exact> {
    let all = sum(weights);
    if all.is_zero() {
        return vec![zero(); weights.len()];
    }
    let quotas: Vec<Exact> = weights.iter().map(|weight| amount * weight / &all).collect();
    let mut shares: Vec<Exact> = quotas.iter().map(Exact::floor).collect();
    while sum(&shares) < *amount {
        let lacking = |index: usize| &quotas[index] - &shares[index];
        let mut neediest = 0;
        for index in 1..shares.len() {
            if lacking(index) > lacking(neediest) {
                neediest = index;
            }
        }
        shares[neediest] += whole(1);
    }
    shares
}

/// An exact number that has turned out to be whole.
pub fn minor(number: &Exact) -> i64 {
    assert!(number.is_integer(), "{number} has to be rounded first");
    number.to_integer().to_i64().expect("amounts fit into 64 bits")
}
