"""Logarithm, exponential and log-gamma from + − × ÷ alone: the same bits on every machine.

The four operations of double precision are rounded the same way everywhere (IEEE 754); `math.log`, `math.exp` and
`math.lgamma` come from the system's library and may differ in the last bit. A figure that anybody must find again to
the last digit is therefore worked out with these, and with `math.sqrt` and `math.fsum`, which are exact to the last
bit; the built-in `sum` adds floats otherwise from Python 3.12 on. Errors are some units in the last place.

Sources: ln by 2·artanh((x−1)/(x+1)) after taking out powers of two; exp by its power series after the same;
log-gamma by Stirling's series from 10 up, by its recurrence below (Abramowitz and Stegun 1964, 4.1.27, 6.1.41, 6.1.15).
"""

import math

_LN2_HIGH = 0.6931471803691238  # ln 2 in two parts: the first with 21 trailing zero bits, so that n · it is exact
_LN2_LOW = 1.9082149292705877e-10
_HALF_LN_2PI = 0.9189385332046727
_ROOT_HALF = 0.7071067811865476
_ODD = tuple(1.0 / odd for odd in range(23, 0, -2))
_POWERS = tuple(1.0 / math.factorial(n) for n in range(14, -1, -1))
_STIRLING = (1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12)
_SMALLEST, _LARGEST = -745.0, 709.0


def ln(x: float) -> float:
    """Natural logarithm; raises ValueError unless x is above 0 and finite."""
    if not 0.0 < x < math.inf:
        raise ValueError("ln: above 0 and finite")
    part, power = math.frexp(x)
    if part < _ROOT_HALF:
        part, power = part * 2.0, power - 1
    t = (part - 1.0) / (part + 1.0)
    square, series = t * t, 0.0
    for factor in _ODD:
        series = series * square + factor
    return power * _LN2_HIGH + (power * _LN2_LOW + 2.0 * t * series)


def exp(x: float) -> float:
    """e to the power x; 0 below −745, infinity above 709."""
    if not x >= _SMALLEST:
        return 0.0
    if x > _LARGEST:
        return math.inf
    power = math.floor(x / (_LN2_HIGH + _LN2_LOW) + 0.5)
    rest = (x - power * _LN2_HIGH) - power * _LN2_LOW
    series = 0.0
    for factor in _POWERS:
        series = series * rest + factor
    return math.ldexp(series, power)


def log_gamma(x: float) -> float:
    """ln Γ(x); raises ValueError unless x is above 0."""
    if not x > 0.0:
        raise ValueError("log_gamma: above 0")
    below = 0.0
    if x < 10.0:
        product = 1.0
        while x < 10.0:
            product, x = product * x, x + 1.0
        below = ln(product)
    turned = 1.0 / x
    square, series = turned * turned, 0.0
    for factor in _STIRLING:
        series = series * square + factor
    return (x - 0.5) * ln(x) - x + _HALF_LN_2PI + series * turned - below
