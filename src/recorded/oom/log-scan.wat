;; Passes over a log: the next place at which one of some keys of eight bytes begins, and the line ends before it.
;; Sixteen places at once: by two tables of sixteen masks each, for the halves of a byte, it is known which keys
;; (a bit for some of them) may have a byte as their last but one, and by two more as their last.
(module
  (import "log" "memory" (memory 1))
  (global $lines (export "lines") (mut i32) (i32.const 0))

  ;; From `at` on, up to `end`, behind which are 32 bytes of nothing; $keys to $keysEnd are the keys.
  (func (export "scan") (param $at i32) (param $end i32) (param $keys i32) (param $keysEnd i32) (result i32)
    (local $last2 v128) (local $last v128) (local $lineEnds i32) (local $count i32)
    (local $maybe i32) (local $place i32) (local $word i64) (local $key i32)
    (loop $blocks
      (if (i32.ge_u (local.get $at) (local.get $end)) (then
        (global.set $lines (local.get $count))
        (return (local.get $end))))
      (local.set $lineEnds
        (i8x16.bitmask (i8x16.eq (v128.load (local.get $at)) (i8x16.splat (i32.const 10)))))
      (local.set $last2 (v128.load offset=6 (local.get $at)))
      (local.set $last (v128.load offset=7 (local.get $at)))
      (local.set $maybe (i32.xor (i32.const 0xffff) (i8x16.bitmask (i8x16.eq
        (v128.const i32x4 0 0 0 0)
        (v128.and
          (v128.and
            (i8x16.swizzle (v128.load (i32.const 0)) (v128.and (local.get $last2) (i8x16.splat (i32.const 15))))
            (i8x16.swizzle (v128.load (i32.const 16)) (i8x16.shr_u (local.get $last2) (i32.const 4))))
          (v128.and
            (i8x16.swizzle (v128.load (i32.const 32)) (v128.and (local.get $last) (i8x16.splat (i32.const 15))))
            (i8x16.swizzle (v128.load (i32.const 48)) (i8x16.shr_u (local.get $last) (i32.const 4)))))))))
      (block $none
        (loop $places
          (br_if $none (i32.eqz (local.get $maybe)))
          (local.set $place (i32.add (local.get $at) (i32.ctz (local.get $maybe))))
          (local.set $word (i64.load (local.get $place)))
          (local.set $key (local.get $keys))
          (loop $each
            (if (i64.eq (local.get $word) (i64.load (local.get $key))) (then
              ;; Of the line ends of this block those before the place.
              (global.set $lines (i32.add (local.get $count) (i32.popcnt (i32.and
                (local.get $lineEnds)
                (i32.sub (i32.shl (i32.const 1) (i32.ctz (local.get $maybe))) (i32.const 1))))))
              (return (local.get $place))))
            (local.set $key (i32.add (local.get $key) (i32.const 8)))
            (br_if $each (i32.lt_u (local.get $key) (local.get $keysEnd))))
          (local.set $maybe (i32.and (local.get $maybe) (i32.sub (local.get $maybe) (i32.const 1))))
          (br $places)))
      (local.set $count (i32.add (local.get $count) (i32.popcnt (local.get $lineEnds))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br $blocks))
    (unreachable)))
