//! The kernels of `io.theseus.engine.tensor.Kernels` with instructions that Java's Vector API cannot express: sums of
//! products of pairs of 16-bit integers. Every result has the bits of the scalar definition (docs/numerics.md); the Java
//! property tests hold them to it. Nothing here allocates, blocks or keeps state.
//!
//! Callers pass pointers into Java arrays that stay where they are during a call, with lengths they have checked.
#![allow(clippy::missing_safety_doc, clippy::too_many_arguments)]

#[cfg(target_arch = "x86_64")]
mod attention;
#[cfg(target_arch = "x86_64")]
mod dot;
#[cfg(target_arch = "x86_64")]
mod elementwise;
#[cfg(target_arch = "x86_64")]
mod exact;
#[cfg(target_arch = "x86_64")]
mod linear;
#[cfg(target_arch = "x86_64")]
mod place;
#[cfg(target_arch = "x86_64")]
mod quantize;

/// Changes whenever a signature or a layout does; Java refuses another number.
const ABI: i32 = 1;

/// The ABI of this library if this processor can run it, else 0.
#[unsafe(no_mangle)]
pub extern "C" fn theseus_kernels_abi() -> i32 {
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") {
        return ABI;
    }
    let _ = ABI;
    0
}
