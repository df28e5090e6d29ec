//! The sizes of messages and the bandwidth of ports.

use super::Draft;
use crate::scenario::sizes::Sizes;
use crate::scenario::{Wrong, wrong};
use crate::tongue::say;
use crate::types::Bytes;

impl Draft {
    /// Sets the size of headers or of values.
    #[inline(never)]
    pub(super) fn measure(
        &mut self,
        keyword: &'static str,
        bytes: Bytes,
        of: fn(&mut Sizes) -> &mut Bytes,
    ) -> Result<(), Wrong> {
        self.once(keyword)?;
        let sizes = &mut self.network.sizes;
        sizes.are_said = true;
        *of(sizes) = bytes;
        Ok(())
    }

    /// Sets the bandwidth of every node's port.
    #[inline(never)]
    pub(super) fn limit(&mut self, rate: Bytes) -> Result<(), Wrong> {
        self.once("bandwidth")?;
        if rate == Bytes(0) {
            return wrong(
                rate,
                say!("at least one byte leaves a port in 1Δ; without this line everything leaves at once"),
            );
        }
        let sizes = &mut self.network.sizes;
        sizes.are_said = true;
        sizes.bandwidth = Some(rate);
        Ok(())
    }
}
