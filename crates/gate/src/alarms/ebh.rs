//! Which of many streams ring together: the e-BH procedure (Wang and Ramdas 2022), valid however they depend.

/// The places of the streams that stand: the `k` largest, where the k-th is at least `streams·threshold/k`, for the
/// largest such `k`.
pub(super) fn standing(evidence: &[f64], threshold: f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..evidence.len()).collect();
    order.sort_by(|one, other| evidence[*other].total_cmp(&evidence[*one]));
    let streams = evidence.len() as f64;
    let stand = (1..=order.len())
        .rev()
        .find(|k| evidence[order[k - 1]] >= streams * threshold / *k as f64)
        .unwrap_or(0);
    order.truncate(stand);
    order.sort_unstable();
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_stand_together_or_alone() {
        let cases: [(&[f64], &[usize]); 6] = [
            (&[], &[]),
            (&[99.0], &[]),
            (&[100.0], &[0]),
            (&[399.0, 0.0, 0.0, 0.0], &[]),
            (&[0.0, 400.0, 0.0, 0.0], &[1]),
            (&[0.0, 201.0, 90.0, 200.0], &[1, 3]),
        ];
        for (evidence, stand) in cases {
            assert_eq!(standing(evidence, 100.0), stand, "{evidence:?}");
        }
    }
}
