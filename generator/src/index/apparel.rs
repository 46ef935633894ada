//! Which of Google's categories are clothes, whose numbers say nothing of the tree that they stand in.

/// The name of the whole branch, and of the branches whose goods have sizes.
const APPAREL: &str = "Apparel & Accessories";
const SIZED: [&str; 2] = ["Apparel & Accessories > Clothing", "Apparel & Accessories > Shoes"];

/// Shoes have no branches.
const SHOES: u32 = 187;

/// Clothing and everything below it, in order (Google's taxonomy of 2021-09-21).
#[rustfmt::skip]
const CLOTHING: [u32; 129] = [
    182, 203, 204, 206, 207, 208, 209, 211, 212, 213, 214, 215, 1516, 1578, 1580, 1581, 1594, 1604, 1675, 1772, 1807, 1831, 2160, 2271,
    2292, 2302, 2306, 2331, 2396, 2562, 2563, 2580, 2745, 2963, 3066, 3128, 3188, 3191, 3253, 3379, 3414, 3439, 3455, 3598, 3683, 3724,
    3729, 3852, 3888, 3951, 3958, 4003, 5182, 5183, 5250, 5322, 5327, 5329, 5330, 5343, 5344, 5378, 5379, 5388, 5408, 5409, 5410, 5411,
    5412, 5423, 5424, 5425, 5441, 5460, 5461, 5462, 5463, 5483, 5484, 5490, 5506, 5513, 5514, 5517, 5549, 5552, 5555, 5564, 5598, 5621,
    5622, 5673, 5674, 5676, 5677, 5678, 5679, 5680, 5681, 5682, 5683, 5684, 5697, 5713, 5834, 5878, 5909, 5949, 6006, 6031, 6087, 6227,
    6228, 6229, 7003, 7132, 7207, 7208, 7209, 7210, 7211, 7235, 7236, 7237, 7281, 7313, 8149, 8248, 499_979,
];

/// Everything else below apparel and accessories, in order.
#[rustfmt::skip]
const ACCESSORIES: [u32; 110] = [
    166, 167, 168, 169, 170, 171, 173, 175, 176, 177, 178, 179, 180, 181, 184, 188, 189, 190, 191, 192, 193, 194, 196, 197, 200, 201,
    1483, 1662, 1786, 1856, 1893, 1922, 1933, 1948, 2020, 2427, 2477, 2668, 3032, 3913, 4057, 4179, 5114, 5122, 5123, 5192, 5193, 5194,
    5207, 5385, 5387, 5390, 5422, 5426, 5443, 5446, 5567, 5623, 5624, 5625, 5626, 5685, 5686, 5687, 5688, 5841, 5907, 5914, 5915, 5939,
    5941, 5942, 6169, 6170, 6183, 6238, 6268, 6277, 6460, 6463, 6551, 6552, 6870, 6984, 6985, 7054, 7078, 7133, 7230, 7304, 7305, 7306,
    7307, 7471, 8017, 8018, 8200, 8451, 499_972, 500_008, 500_118, 502_987, 502_988, 543_586, 543_587, 543_644, 543_645, 543_646, 543_673, 543_674,
];

/// What Google asks of goods by their category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Apparel {
    /// Colour, and for whom.
    Plain,
    /// A size besides.
    Sized,
}

/// What a category is, by its number or its path; `None` where it is no apparel.
pub(super) fn of(category: &str) -> Option<Apparel> {
    if let Ok(number) = category.trim().parse::<u32>() {
        if number == SHOES || CLOTHING.binary_search(&number).is_ok() {
            return Some(Apparel::Sized);
        }
        return ACCESSORIES.binary_search(&number).is_ok().then_some(Apparel::Plain);
    }
    let is_below = |branch: &str| category.strip_prefix(branch).is_some_and(|rest| rest.is_empty() || rest.trim_start().starts_with('>'));
    if SIZED.into_iter().any(is_below) {
        return Some(Apparel::Sized);
    }
    is_below(APPAREL).then_some(Apparel::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clothes_are_known_by_number_and_by_path() {
        assert!(CLOTHING.is_sorted() && ACCESSORIES.is_sorted());
        for (category, wanted) in [
            ("212", Some(Apparel::Sized)),
            ("187", Some(Apparel::Sized)),
            ("1604", Some(Apparel::Sized)),
            ("166", Some(Apparel::Plain)),
            ("543673", Some(Apparel::Plain)),
            ("Apparel & Accessories > Clothing > Shirts & Tops", Some(Apparel::Sized)),
            ("Apparel & Accessories > Clothing Accessories > Hats", Some(Apparel::Plain)),
            ("Apparel & Accessories", Some(Apparel::Plain)),
            ("8", None),
            ("Home & Garden", None),
        ] {
            assert_eq!(of(category), wanted, "{category}");
        }
    }
}
