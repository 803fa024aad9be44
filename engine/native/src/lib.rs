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
mod encoder;
#[cfg(target_arch = "x86_64")]
mod exact;
#[cfg(target_arch = "x86_64")]
mod linear;
#[cfg(target_arch = "x86_64")]
mod pack;
#[cfg(target_arch = "x86_64")]
mod place;
#[cfg(target_arch = "x86_64")]
mod quantize;

/// Changes whenever a signature or a layout does; Java refuses another number.
const ABI: i32 = 4;

/// The ABI of this library if this processor can run it, else 0.
#[unsafe(no_mangle)]
pub extern "C" fn theseus_kernels_abi() -> i32 {
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2")
        && std::is_x86_feature_detected!("fma")
        && std::is_x86_feature_detected!("f16c")
    {
        return ABI;
    }
    let _ = ABI;
    0
}

/// Calls the function of number `function` with up to nine arrays and its numbers (floats by their bits), in the order of
/// its parameters. Returns what it returns, 0 if it returns nothing, -2 if there is no such function.
///
/// One entry for all of them because Java takes 20 ms to make its side of each entry, which is most of a start.
#[cfg(target_arch = "x86_64")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn theseus_kernels_call(
    function: i32,
    numbers: *const i32,
    a: *mut u8,
    b: *mut u8,
    c: *mut u8,
    d: *mut u8,
    e: *mut u8,
    f: *mut u8,
    g: *mut u8,
    h: *mut u8,
    i: *mut u8,
) -> i32 {
    let p = [a, b, c, d, e, f, g, h, i];
    let n = |index: usize| unsafe { *numbers.add(index) };
    let f = |index: usize| f32::from_bits(n(index) as u32);
    unsafe {
        match function {
            0 => quantize::quantize(
                p[0].cast(),
                n(0),
                n(1),
                p[1].cast(),
                p[2].cast(),
                p[3].cast(),
                p[4].cast(),
                p[5].cast(),
                p[6].cast(),
                n(2),
                n(3),
            ),
            1 => {
                // A single token meets codes of 4 bits as split bytes, everything else as pairs.
                linear::linear(
                    p[0].cast(),
                    p[1].cast(),
                    p[2].cast(),
                    p[3].cast(),
                    n(0),
                    n(1),
                    n(2),
                    n(3),
                    n(4),
                    p[4].cast(),
                    p[4].cast(),
                    p[5].cast(),
                    p[6].cast(),
                    p[7].cast(),
                    n(5),
                    n(6),
                    n(7),
                    n(8),
                    p[8].cast(),
                    n(9),
                    n(10),
                );
                0
            }
            2 => elementwise::rms_norm(p[0].cast(), n(0), n(1), p[1].cast(), f(2), p[2].cast(), n(3)),
            3 => {
                elementwise::add(p[0].cast(), n(0), p[1].cast(), n(1), n(2));
                0
            }
            4 => {
                elementwise::add_wire(p[0].cast(), n(0), p[1].cast(), n(1), n(2));
                0
            }
            5 => {
                elementwise::gate(p[0].cast(), n(0), p[1].cast(), n(1), n(2));
                0
            }
            6 => place::rotate(
                p[0].cast(),
                n(0),
                n(1),
                n(2),
                p[1].cast(),
                n(3),
                f(4),
                p[2].cast(),
                p[3].cast(),
                n(5),
                n(6),
                n(7),
            ),
            7 => place::store(
                p[0].cast(),
                p[1].cast(),
                n(0),
                n(1),
                n(2),
                n(3),
                p[2].cast(),
                n(4),
                p[3].cast(),
                n(5),
                n(6),
                p[4].cast(),
                p[5].cast(),
                n(7),
            ),
            8 => attention::queries(p[0].cast(), n(0), n(1), n(2), n(3), n(4), f(5), f(6), p[1].cast(), p[2].cast()),
            9 => {
                attention::scores(
                    p[0].cast(),
                    n(0),
                    p[1].cast(),
                    p[2].cast(),
                    n(1),
                    n(2),
                    p[3].cast(),
                    p[4].cast(),
                    n(3),
                    p[5].cast(),
                    p[6].cast(),
                    n(4),
                    n(5),
                );
                0
            }
            10 => attention::weights(
                p[0].cast(),
                n(0),
                n(1),
                n(2),
                n(3),
                p[1].cast(),
                p[2].cast(),
                p[3].cast(),
                p[4].cast(),
            ),
            11 => {
                attention::values(
                    p[0].cast(),
                    n(0),
                    n(1),
                    p[1].cast(),
                    p[2].cast(),
                    n(2),
                    n(3),
                    n(4),
                    p[3].cast(),
                    n(5),
                );
                0
            }
            12 => {
                attention::attended(p[0].cast(), n(0), p[1].cast(), n(1), n(2), n(3), p[2].cast(), n(4), n(5));
                0
            }
            13 => pack::pack(n(0), p[0].cast(), n(1), n(2), n(3), p[1].cast(), p[2].cast(), p[3].cast(), p[4].cast()),
            14 => encoder::layer_norm(p[0].cast(), n(0), n(1), p[1].cast(), p[2].cast(), f(2), p[3].cast(), n(3)),
            15 => {
                encoder::gelu(p[0].cast(), n(0), n(1));
                0
            }
            _ => -2,
        }
    }
}
