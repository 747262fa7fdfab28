//! The bundled sample wire: invented copy with everything real wires have.
