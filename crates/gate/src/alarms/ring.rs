//! When the watch rings: each stream by itself, streams together, and what needs no statistics.

use super::{
    alarm::{Alarm, Code, Grade},
    ebh,
    pending::Key,
    stream::Stream,
    watch::{Watch, both, first_bytes},
};
use crate::Sighting;

/// Five years in days: the mean time between false alarms is at least this.
const FIVE_YEARS_DAYS: f64 = 1_826.0;

impl Watch {
    /// Rings where the evidence of a stream, or of all together, has just passed.
    pub(super) fn ring(&mut self, code: Code, stream: u16, alarms: &mut Vec<Alarm>) {
        if let Some(ratio) = self.all.ratio(code)
            && ratio.passes(FIVE_YEARS_DAYS)
        {
            let evidence = ratio.evidence();
            ratio.restart();
            let alarm = self.alarm(&self.all, code, Grade::Family, evidence, FIVE_YEARS_DAYS);
            alarms.push(alarm);
        }
        let Some(one) = self.streams.get_mut(usize::from(stream)) else { return };
        let Some(ratio) = one.ratio(code) else { return };
        let passes = ratio.passes(FIVE_YEARS_DAYS);
        let evidence = ratio.evidence();
        if passes {
            let alarm = self.alarm(
                &self.streams[usize::from(stream)],
                code,
                Grade::Stream,
                evidence,
                FIVE_YEARS_DAYS,
            );
            alarms.push(alarm);
        }
        if evidence >= FIVE_YEARS_DAYS {
            self.ring_family(code, alarms);
        }
    }

    /// Rings for all streams that stand together after e-BH.
    fn ring_family(&mut self, code: Code, alarms: &mut Vec<Alarm>) {
        let evidence: Vec<f64> = self
            .streams
            .iter_mut()
            .map(|stream| stream.ratio(code).map_or(0.0, |ratio| ratio.evidence()))
            .collect();
        let standing = ebh::standing(&evidence, FIVE_YEARS_DAYS);
        let threshold = FIVE_YEARS_DAYS * evidence.len() as f64 / standing.len().max(1) as f64;
        for place in standing {
            if let Some(ratio) = self.streams[place].ratio(code) {
                ratio.restart();
            }
            let alarm = self.alarm(&self.streams[place], code, Grade::Family, evidence[place], threshold);
            alarms.push(alarm);
        }
    }

    /// What rings by itself: a canary, and secrets that come again.
    pub(super) fn ring_direct(
        &mut self,
        sighting: &Sighting,
        key: Option<Key>,
        stream: u16,
        alarms: &mut Vec<Alarm>,
    ) {
        let now = self.clock.now();
        let mut rung = Vec::new();
        let banks = self.streams.len() as f64;
        for (place, one) in both(&mut self.all, &mut self.streams, stream).enumerate() {
            if sighting.canary
                && let Some(hits) = one.canaries.hit(now, sighting.customer.is_some())
            {
                rung.push((place, Code::Canary, f64::from(hits), f64::from(hits)));
            }
            if let Some(secret) = &sighting.secret
                && !sighting.worked
            {
                let who = key.map_or(sighting.number, |key| match key {
                    Key::Account(number) | Key::Customer(number) => number,
                });
                one.spread.failed(first_bytes(secret), who);
                // One threshold for all banks together: no bank rings alone for luck somewhere.
                let threshold = if place == 0 { FIVE_YEARS_DAYS } else { FIVE_YEARS_DAYS * banks };
                let evidence = one.spread.evidence();
                if one.spread.passes(threshold) {
                    rung.push((place, Code::Spread, evidence, threshold));
                }
            }
        }
        for (place, code, evidence, threshold) in rung {
            let one = if place == 0 { &self.all } else { &self.streams[usize::from(stream)] };
            alarms.push(self.alarm(one, code, Grade::Family, evidence, threshold));
        }
    }

    fn alarm(&self, stream: &Stream, code: Code, grade: Grade, evidence: f64, threshold: f64) -> Alarm {
        Alarm {
            code,
            scope: stream.scope.clone(),
            grade,
            at: self.clock.now(),
            number: self.number,
            evidence,
            threshold,
            excess: stream.excess.accounts(),
            share: stream.share(),
            says: stream.says(code, evidence),
        }
    }
}
